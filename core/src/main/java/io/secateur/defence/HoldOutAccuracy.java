package io.secateur.defence;

import io.secateur.data.ImageSet;
import io.secateur.metric.Evaluator;
import io.secateur.nn.Channel;
import io.secateur.nn.Network;
import io.secateur.prune.PruningPlan;
import io.secateur.prune.Surgery;
import io.secateur.run.RunContext;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Clean accuracy on hold-out images, or copies of them, of a network as it came and pruned, in
 * percent. Remembered in the order of asking, so a resumed run must ask in the same order; the same
 * channels are measured once.
 */
final class HoldOutAccuracy {
  /**
   * Differences of accuracy are whole images; this is far less than one, far more than rounding.
   */
  private static final double FINEST = 1e9;

  private final Network suspect;
  private final ImageSet images;
  private final RunContext run;
  private final double before;

  /** By the channels pruned. */
  private final Map<Set<Channel>, Double> drops = new HashMap<>();

  HoldOutAccuracy(Network suspect, ImageSet images, RunContext run) {
    this.suspect = suspect;
    this.images = images;
    this.run = run;
    this.before = measured(suspect);
  }

  /** Accuracy of the network as it came. */
  double before() {
    return before;
  }

  /**
   * Accuracy that pruning by {@code plan} costs, in points; negative if it gains some. Rounded, so
   * that what is a whole number of images is compared as one.
   */
  double drop(PruningPlan plan) {
    return drops.computeIfAbsent(
        channels(plan),
        channels -> {
          double drop = before - measured(Surgery.apply(suspect, plan));
          return Math.rint(drop * FINEST) / FINEST;
        });
  }

  private static Set<Channel> channels(PruningPlan plan) {
    return plan.channels().stream()
        .map(channel -> new Channel(channel.layer(), channel.index()))
        .collect(Collectors.toSet());
  }

  private double measured(Network network) {
    return run.checkpoints()
        .measured(
            "hold-out",
            () -> {
              var evaluation = Evaluator.evaluate(network, images, Optional.empty());
              return new double[] {evaluation.cleanAccuracy().value()};
            })[0];
  }
}
