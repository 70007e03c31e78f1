package io.secateur.defence;

import io.secateur.prune.PrunedChannel;
import io.secateur.prune.PruningPlan;
import io.secateur.run.RunContext;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * From learnt masks to a plan: channels whose mask is at most a threshold are pruned. With {@link
 * Cut.HoldOut} the thresholds 0, 0.05, … 0.90 of the sources are all tried, and the largest whose
 * cost is allowed is taken; nothing is pruned if there is none. Of every layer the channel with the
 * largest mask stays, whatever the threshold.
 */
final class MaskThreshold {
  private static final int TRIED = 19;
  private static final double STEP = 0.05;

  private MaskThreshold() {}

  /**
   * The plan by {@code cut}.
   *
   * @param masks batch norm → mask per channel, in [0, 1]
   */
  static PruningPlan plan(
      Cut cut, Map<String, float[]> masks, HoldOutAccuracy accuracy, RunContext run) {
    List<PrunedChannel> ranked = ranked(masks);
    if (cut instanceof Cut.Fixed fixed) {
      return upTo(ranked, fixed.threshold(), "the threshold that was asked for");
    }
    double allowed = ((Cut.HoldOut) cut).maxDrop();
    String why = "the largest threshold that costs at most " + shown(allowed);
    PruningPlan best = PruningPlan.EMPTY;
    PruningPlan last = PruningPlan.EMPTY;
    double drop = 0;
    run.progress().begin("choose the threshold", TRIED);
    for (int t = 0; t < TRIED; t++) {
      PruningPlan plan = upTo(ranked, t * STEP, why);
      if (plan.channels().size() > last.channels().size()) {
        drop = accuracy.drop(plan);
      }
      last = plan;
      if (drop <= allowed) {
        best = plan;
      }
      run.progress()
          .advance(
              t + 1,
              String.format(
                  Locale.ROOT,
                  "%.2f: %d channels, %.1f points",
                  t * STEP,
                  plan.channels().size(),
                  -drop));
    }
    run.progress().end(best.channels().size() + " channels");
    return best;
  }

  /** All channels but the last of each layer, by mask; the score is 1 − mask. */
  private static List<PrunedChannel> ranked(Map<String, float[]> masks) {
    List<PrunedChannel> all = new ArrayList<>();
    masks.forEach(
        (norm, values) -> {
          int spared = largest(values);
          for (int c = 0; c < values.length; c++) {
            if (c != spared) {
              all.add(new PrunedChannel(norm, c, 1 - (double) values[c], ""));
            }
          }
        });
    all.sort(Comparator.comparingDouble(channel -> -channel.score()));
    return all;
  }

  private static int largest(float[] values) {
    int largest = 0;
    for (int c = 1; c < values.length; c++) {
      largest = values[c] > values[largest] ? c : largest;
    }
    return largest;
  }

  private static PruningPlan upTo(List<PrunedChannel> ranked, double threshold, String why) {
    Stream<PrunedChannel> pruned =
        ranked.stream().filter(channel -> 1 - channel.score() <= threshold);
    return new PruningPlan(
        pruned
            .map(
                channel ->
                    new PrunedChannel(
                        channel.layer(),
                        channel.index(),
                        channel.score(),
                        String.format(
                            Locale.ROOT,
                            "mask %.3f is at most %.2f, %s",
                            1 - channel.score(),
                            threshold,
                            why)))
            .toList());
  }

  private static String shown(double points) {
    String number =
        points == Math.rint(points) ? String.valueOf((long) points) : String.valueOf(points);
    return number + (points == 1 ? " point" : " points");
  }
}
