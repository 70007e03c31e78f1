package io.secateur.defence;

import io.secateur.agent.PruningProblem;
import io.secateur.data.CleanSample;
import io.secateur.nn.Network;
import io.secateur.prune.PruningPlan;
import io.secateur.run.RunContext;
import java.util.List;

/**
 * Whether accuracy allows to prune what is left of a label that does not stand out any more: it
 * must stay within the policy on the hold-out images and on mixed copies of them, for each shows
 * losses that the other does not.
 */
final class RemainsJudge {
  private final Policy policy;
  private final List<HoldOutAccuracy> accuracies;

  /**
   * A judge.
   *
   * @param mixed copies, see {@link PruningProblem#imagesForAccuracy}
   */
  RemainsJudge(Network suspect, CleanSample clean, int mixed, Policy policy, RunContext run) {
    this.policy = policy;
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
}
