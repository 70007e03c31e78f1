package io.secateur.defence;

import io.secateur.prune.PruningPlan;
import java.util.List;

/**
 * Whether accuracy allows to prune what is left of a label that does not stand out any more: it
 * must stay within the policy on the hold-out images and on mixed copies, for each shows losses
 * that the other does not.
 */
final class RemainsJudge {
  private final Policy policy;
  private final List<HoldOutAccuracy> accuracies;

  /** A judge by the accuracy on several kinds of images. */
  RemainsJudge(Policy policy, List<HoldOutAccuracy> accuracies) {
    this.policy = policy;
    this.accuracies = List.copyOf(accuracies);
  }

  /** Whether accuracy falls further by {@code plan} than the policy allows. */
  boolean costsTooMuch(PruningPlan plan) {
    return accuracies.stream()
        .mapToDouble(accuracy -> accuracy.drop(plan))
        .anyMatch(drop -> drop > policy.maxCaDrop());
  }
}
