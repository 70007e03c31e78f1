package io.secateur.examples;

import io.secateur.data.CleanSample;
import io.secateur.defence.Treatment;
import io.secateur.graph.ConnectionStrength;
import io.secateur.nn.Network;
import io.secateur.prune.PruningPlan;
import io.secateur.prune.PruningSpace;
import io.secateur.prune.PruningUnits;
import io.secateur.prune.Surgery;
import io.secateur.prune.UnitKind;
import io.secateur.run.RunContext;

/** Prunes the one channel with the largest filter, m_i = |γ_i| / √(σ²_i + ε) · ‖q_i‖₁. */
public final class LargestFilter implements Treatment {
  @Override
  public String name() {
    return "largest-filter";
  }

  @Override
  public Treated treat(Network suspect, CleanSample clean, RunContext run) {
    PruningSpace space = PruningUnits.of(suspect.architecture(), UnitKind.BATCH_NORM, 0);
    double[] sizes = new ConnectionStrength(suspect).magnitudes(space);
    int largest = 0;
    for (int unit = 1; unit < sizes.length; unit++) {
      largest = sizes[unit] > sizes[largest] ? unit : largest;
    }
    boolean[] pruned = new boolean[sizes.length];
    pruned[largest] = true;
    PruningPlan plan =
        PruningPlan.of(space, pruned, unit -> sizes[unit], unit -> "the largest filter of all");
    return new Treated(Surgery.apply(suspect, plan), plan);
  }
}
