package io.secateur.defence;

import io.secateur.data.ImageSet;
import io.secateur.metric.Evaluator;
import io.secateur.metric.Proportion;
import io.secateur.nn.Channel;
import io.secateur.nn.Network;
import io.secateur.prune.PruningPlan;
import io.secateur.prune.Surgery;
import io.secateur.run.RunContext;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;

/**
 * Clean accuracy on hold-out images, or copies of these and others, of a network as it came and
 * pruned, in percent. Remembered in the order of asking, so a resumed run must ask in the same
 * order; the same channels are measured once.
 */
final class HoldOutAccuracy {
  private final Network suspect;
  private final ImageSet images;
  private final RunContext run;
  private OptionalDouble before = OptionalDouble.empty();

  /** By the channels pruned. */
  private final Map<Set<Channel>, Double> drops = new HashMap<>();

  HoldOutAccuracy(Network suspect, ImageSet images, RunContext run) {
    this.suspect = suspect;
    this.images = images;
    this.run = run;
  }

  /** Accuracy of the network as it came. */
  double before() {
    return before(done -> {});
  }

  private double before(IntConsumer watcher) {
    if (before.isEmpty()) {
      before = OptionalDouble.of(measured(suspect, watcher));
    }
    return before.getAsDouble();
  }

  /** Accuracy that pruning by {@code plan} costs, in points; negative if it gains some. */
  double drop(PruningPlan plan) {
    return drop(plan, done -> {});
  }

  /** The same; {@code watcher} is told after every batch, and what it throws ends it. */
  double drop(PruningPlan plan, IntConsumer watcher) {
    double unpruned = before(watcher);
    return drops.computeIfAbsent(
        channels(plan),
        channels -> Proportion.points(unpruned, measured(Surgery.apply(suspect, plan), watcher)));
  }

  private static Set<Channel> channels(PruningPlan plan) {
    return plan.channels().stream()
        .map(channel -> new Channel(channel.layer(), channel.index()))
        .collect(Collectors.toSet());
  }

  private double measured(Network network, IntConsumer watcher) {
    return run.checkpoints()
        .measured(
            "hold-out",
            () -> {
              var evaluation = Evaluator.evaluate(network, images, Optional.empty(), watcher);
              return new double[] {evaluation.cleanAccuracy().value()};
            })[0];
  }
}
