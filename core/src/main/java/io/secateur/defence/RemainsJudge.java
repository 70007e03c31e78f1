package io.secateur.defence;

import io.secateur.agent.PruningProblem;
import io.secateur.data.CleanSample;
import io.secateur.nn.Network;
import io.secateur.prune.PruningPlan;
import io.secateur.run.RunContext;
import java.util.List;
import java.util.Optional;

/**
 * Whether it pays to prune what is left of a label that does not stand out any more. It does while
 * accuracy stays within the policy, on the hold-out images and on mixed copies of them (each shows
 * losses that the other does not), and the strongest new trigger works on fewer images afterwards.
 */
final class RemainsJudge {
  private final Policy policy;
  private final Diagnosis diagnosis;
  private final List<HoldOutAccuracy> accuracies;

  /**
   * A judge.
   *
   * @param mixed copies, see {@link PruningProblem#imagesForAccuracy}
   */
  RemainsJudge(
      Network suspect,
      CleanSample clean,
      int mixed,
      Policy policy,
      Diagnosis diagnosis,
      RunContext run) {
    this.policy = policy;
    this.diagnosis = diagnosis;
    this.accuracies =
        List.of(
            new HoldOutAccuracy(suspect, clean.holdOut(), run.under("images")),
            new HoldOutAccuracy(
                suspect, PruningProblem.imagesForAccuracy(clean, mixed), run.under("copies")));
  }

  /** Whether accuracy falls further by {@code plan} than the policy allows. */
  boolean costsTooMuch(PruningPlan plan) {
    return accuracies.stream()
        .mapToDouble(accuracy -> accuracy.drop(plan))
        .anyMatch(drop -> drop > policy.maxCaDrop());
  }

  /**
   * Why {@code next} should not take the place of {@code network}, if it should not.
   *
   * @param plan that makes {@code next} of the suspect
   */
  Optional<RepairOutcome.Refusal> refusal(
      int target, Network network, Network next, PruningPlan plan) {
    if (costsTooMuch(plan)) {
      return Optional.of(RepairOutcome.Refusal.ACCURACY);
    }
    return diagnosis.success(target, next) < diagnosis.success(target, network)
        ? Optional.empty()
        : Optional.of(RepairOutcome.Refusal.NO_GAIN);
  }
}
