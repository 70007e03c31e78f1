package io.secateur.defence;

import io.secateur.data.CleanSample;
import io.secateur.nn.Network;
import io.secateur.run.RunContext;
import java.util.List;

/**
 * A repair by a {@link Treatment}: a hunt decides whether there is something to repair and gives
 * the triggers that judge the result; the treatment sees neither.
 */
public final class TreatedDefence implements Defence {
  private final Treatment treatment;
  private final Policy policy;
  private final TriggerSources sources;

  /** A repair by {@code treatment}. */
  public TreatedDefence(Treatment treatment, Policy policy, TriggerSources sources) {
    this.treatment = treatment;
    this.policy = policy;
    this.sources = sources;
  }

  @Override
  public String name() {
    return treatment.name();
  }

  @Override
  public void check(Network network) {
    treatment.check(network);
  }

  @Override
  public RepairOutcome repair(Suspect suspect, CleanSample clean, RunContext run) {
    Diagnosis diagnosis = Diagnosis.of(suspect, clean, sources, policy, run);
    if (!diagnosis.backdoored()) {
      return diagnosis.untouched();
    }
    Treatment.Treated treated = treatment.treat(suspect.network(), clean, run);
    diagnosis.lap(treatment.name());
    return diagnosis.outcome(treated.network(), treated.plan(), List.of(), 0);
  }
}
