package io.secateur.defence;

import io.secateur.agent.Measurement;
import io.secateur.agent.Reward;
import io.secateur.agent.TradeOffPoint;
import io.secateur.data.CleanSample;
import io.secateur.data.CutMix;
import io.secateur.data.ImageSet;
import io.secateur.prune.PruningPlan;
import io.secateur.run.RunContext;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The last word among the masks that a search considered. The search judges many of them by few
 * hold-out images; those that may be the best are judged again by {@link Reward}'s Φ, with the
 * clean accuracy on many mixed copies of all of the defender's images, and as what is lost from the
 * network as it came: what may be lost for nothing is not given to every search anew.
 *
 * <p>Masks are taken in the order of what they were worth if they lost no accuracy, until the rest
 * is worth less than the best one even so: the best of all, for the price of a few.
 */
final class MaskChoice {
  /** Copies of all images together, as far as {@link #MOST_COPIES} of each allow. */
  private static final int LOOKS = 4000;

  private static final int MOST_COPIES = 16;

  /** Other copies than searches learn from. */
  private static final long COPY_SEED = 2;

  private final Reward reward;
  private final HoldOutAccuracy accuracy;

  /**
   * A choice by {@code reward}.
   *
   * @param accuracy on {@link #images}
   */
  MaskChoice(Reward reward, HoldOutAccuracy accuracy) {
    this.reward = reward;
    this.accuracy = accuracy;
  }

  /**
   * What was chosen.
   *
   * @param point position of the mask
   * @param phi Φ of that mask
   * @param drops accuracy that pruning costs, in points, by position; of the masks that came into
   *     question
   */
  record Choice(int point, double phi, Map<Integer, Double> drops) {}

  /** What accuracy is judged on: mixed copies, or where searches use none, the hold-out images. */
  static ImageSet images(CleanSample clean, int mixed) {
    int copies = Math.max(1, Math.min(MOST_COPIES, LOOKS / clean.size()));
    return mixed == 0 ? clean.holdOut() : CutMix.copies(clean.all(), copies, COPY_SEED);
  }

  /**
   * Chooses.
   *
   * @param points masks with what the search measured, the network that it began with first
   * @param plans what leads from the network as it came to each of them
   */
  Choice of(List<TradeOffPoint> points, List<PruningPlan> plans, RunContext run) {
    double[] atBest =
        points.stream().mapToDouble(point -> phi(point, points.get(0).measured(), 0)).toArray();
    List<Integer> order =
        IntStream.range(0, atBest.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer point) -> -atBest[point]))
            .toList();
    int best = 0;
    double bestPhi = Double.NEGATIVE_INFINITY;
    Map<Integer, Double> drops = new LinkedHashMap<>();
    run.progress().begin("choose among the best masks", order.size());
    for (int point : order) {
      if (atBest[point] <= bestPhi) {
        break;
      }
      double drop = accuracy.drop(plans.get(point));
      drops.put(point, drop);
      double phi = phi(points.get(point), points.get(0).measured(), drop / 100);
      if (phi > bestPhi) {
        best = point;
        bestPhi = phi;
      }
      run.progress().advance(drops.size(), String.format(Locale.ROOT, "best phi %.3f", bestPhi));
    }
    run.progress()
        .end(
            String.format(
                Locale.ROOT,
                "%d of %d masks measured again, phi %.3f",
                drops.size(),
                order.size(),
                bestPhi));
    return new Choice(best, bestPhi, drops);
  }

  private double phi(TradeOffPoint point, Measurement unpruned, double drop) {
    return reward.phi(point.measured(), unpruned, point.units().size(), drop);
  }
}
