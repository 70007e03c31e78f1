package io.secateur.defence;

import io.secateur.agent.Measurement;
import io.secateur.agent.Reward;
import io.secateur.agent.TradeOffPoint;
import io.secateur.data.CleanSample;
import io.secateur.data.CutMix;
import io.secateur.data.ImageSet;
import io.secateur.data.Partition;
import io.secateur.prune.PruningPlan;
import io.secateur.run.RunContext;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * The last word among the masks that a search considered. The search judges many of them by few
 * hold-out images; those that may be the best are judged again by {@link Reward}'s Φ, with the
 * clean accuracy on many mixed copies of all of the defender's images, and as what is lost from the
 * network as it came: what may be lost for nothing is not given to every search anew.
 *
 * <p>Masks are taken in the order of what they were worth if they lost no accuracy, until the rest
 * is worth less than the best one even so: the best of all, for the price of a few. A bound on
 * their number keeps it so where all of them cost much.
 */
final class MaskChoice {
  /** Copies of all images together, as far as the next two allow. */
  private static final int LOOKS = 4000;

  private static final int MOST_COPIES = 16;
  private static final long MOST_BYTES = 200L << 20;

  /** Masks measured at most: the search's own order is good enough to have the best among them. */
  private static final int MOST_MASKS = 24;

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
   * @param judged the masks that came into question, by position
   */
  record Choice(int point, Map<Integer, RepairOutcome.Judged> judged) {
    /** Φ of the mask. */
    double phi() {
      return Objects.requireNonNull(judged.get(point)).phi();
    }
  }

  /**
   * What accuracy is judged on: mixed copies of all images, or of as many as there is room for;
   * where searches use no copies, the hold-out images.
   */
  static ImageSet images(CleanSample clean, int mixed) {
    if (mixed == 0) {
      return clean.holdOut();
    }
    ImageSet all = clean.all();
    int looks = (int) Math.max(1, Math.min(LOOKS, MOST_BYTES / all.shape().size()));
    if (all.size() > looks) {
      all = all.select(Partition.draw(all.labels(), all.classes(), looks, COPY_SEED).chosen());
    }
    return CutMix.copies(all, Math.min(MOST_COPIES, looks / all.size()), COPY_SEED);
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
    Map<Integer, RepairOutcome.Judged> judged = new LinkedHashMap<>();
    int most = Math.min(MOST_MASKS, order.size());
    run.progress().begin("choose among the best masks", most);
    for (int point : order.subList(0, most)) {
      if (atBest[point] <= bestPhi) {
        break;
      }
      int done = judged.size();
      String note = done == 0 ? "" : String.format(Locale.ROOT, "best phi %.3f", bestPhi);
      double drop = accuracy.drop(plans.get(point), images -> run.progress().advance(done, note));
      double phi = phi(points.get(point), points.get(0).measured(), drop / 100);
      judged.put(point, new RepairOutcome.Judged(drop, phi));
      if (phi > bestPhi) {
        best = point;
        bestPhi = phi;
      }
    }
    run.progress()
        .end(
            String.format(
                Locale.ROOT,
                "%d of %d masks measured again, phi %.3f",
                judged.size(),
                order.size(),
                bestPhi));
    return new Choice(best, judged);
  }

  private double phi(TradeOffPoint point, Measurement unpruned, double drop) {
    return reward.phi(point.measured(), unpruned, point.units().size(), drop);
  }
}
