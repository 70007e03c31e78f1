package io.secateur.agent;

import io.secateur.run.RunContext;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Prunes along an order, one unit after the other, and keeps the prefix that the hold-out images
 * like best.
 */
public final class Prefixes {
  private Prefixes() {}

  /** The units from the largest score to the smallest; of equals the first in number first. */
  public static List<Integer> descending(double[] scores) {
    return IntStream.range(0, scores.length)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer unit) -> -scores[unit]).thenComparing(u -> u))
        .toList();
  }

  /**
   * The best prefix of {@code order}, the empty one included.
   *
   * @param scores per unit, for the result
   * @param longest of the prefixes tried
   * @param spent trials made before
   */
  static SearchResult best(
      PruningProblem problem,
      RunContext run,
      List<Integer> order,
      double[] scores,
      int longest,
      int spent) {
    int length = Math.min(longest, order.size());
    boolean[] mask = new boolean[problem.space().size()];
    boolean[] best = mask.clone();
    double bestPhi = problem.holdOutPhi(mask);
    LearningCurve.Recorder curve = new LearningCurve.Recorder();
    run.progress().begin("prune along the order", length);
    for (int k = 0; k < length; k++) {
      mask[order.get(k)] = true;
      double phi = problem.holdOutPhi(mask);
      if (phi > bestPhi) {
        best = mask.clone();
        bestPhi = phi;
      }
      double shown = Double.isFinite(phi) ? phi : -1 - problem.reward().lambda();
      curve.add(new double[] {shown}, 0, k + 1);
      run.progress().advance(k + 1, String.format(Locale.ROOT, "best phi %.3f", bestPhi));
    }
    run.progress().end(String.format(Locale.ROOT, "phi %.3f", bestPhi));
    return new SearchResult(best, bestPhi, scores, length, spent + length, curve.curve());
  }
}
