package io.secateur.defence;

import io.secateur.data.CleanSample;
import io.secateur.nn.Network;
import io.secateur.run.RunContext;
import java.util.List;
import java.util.Optional;

/**
 * A repair by a {@link Treatment}: a hunt decides whether there is something to repair and gives
 * the triggers that judge the result; the treatment sees neither. Without a hunt every network is
 * treated, as the sources do, and the verdict is open: there is no trigger to judge by.
 */
public final class TreatedDefence implements Defence {
  private final Treatment treatment;
  private final Policy policy;
  private final Optional<TriggerSources> sources;

  private TreatedDefence(Treatment treatment, Policy policy, Optional<TriggerSources> sources) {
    this.treatment = treatment;
    this.policy = policy;
    this.sources = sources;
  }

  /** A repair by {@code treatment} of networks in which a hunt finds a backdoor. */
  public TreatedDefence(Treatment treatment, Policy policy, TriggerSources sources) {
    this(treatment, policy, Optional.of(sources));
  }

  /** The same of every network. */
  static TreatedDefence withoutHunt(Treatment treatment, Policy policy) {
    return new TreatedDefence(treatment, policy, Optional.empty());
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
    Diagnosis diagnosis =
        sources
            .map(from -> Diagnosis.of(suspect, clean, from, policy, run))
            .orElseGet(() -> Diagnosis.none(suspect, clean, policy));
    if (sources.isPresent() && !diagnosis.backdoored()) {
      return diagnosis.untouched();
    }
    Treatment.Treated treated = treatment.treat(suspect.network(), clean, run);
    diagnosis.lap(treatment.name());
    return diagnosis.outcome(treated.network(), treated.plan(), List.of(), 0);
  }
}
