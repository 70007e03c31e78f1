package io.secateur.agent;

import java.util.Arrays;

/**
 * What a search found.
 *
 * @param pruned the best mask, true where a node is pruned
 * @param score of that mask
 * @param probabilities that the final policy gives to pruning each node (in its first step, if it
 *     takes several)
 * @param iterations policy updates made
 * @param evaluations masks that were tried
 * @param curve how it went
 */
public record SearchResult(
    boolean[] pruned,
    double score,
    double[] probabilities,
    int iterations,
    int evaluations,
    LearningCurve curve) {
  /** Copies the arrays. */
  public SearchResult {
    pruned = pruned.clone();
    probabilities = probabilities.clone();
  }

  /** Number of pruned nodes. */
  public int count() {
    return MaskBits.count(pruned);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SearchResult that
        && Arrays.equals(pruned, that.pruned)
        && score == that.score
        && Arrays.equals(probabilities, that.probabilities)
        && iterations == that.iterations
        && evaluations == that.evaluations
        && curve.equals(that.curve);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(pruned) + Double.hashCode(score);
  }

  @Override
  public String toString() {
    return "SearchResult(pruned=" + count() + " of " + pruned.length + ", score=" + score + ")";
  }
}
