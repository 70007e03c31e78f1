package io.secateur.defence;

import io.secateur.agent.ChannelActivations;
import io.secateur.data.CleanSample;
import io.secateur.data.ImageSet;
import io.secateur.engine.Scope;
import io.secateur.nn.Architecture;
import io.secateur.nn.Channel;
import io.secateur.nn.Interpreter;
import io.secateur.nn.Layer;
import io.secateur.nn.Network;
import io.secateur.nn.Node;
import io.secateur.prune.ChannelOrigins;
import io.secateur.prune.PrunedChannel;
import io.secateur.prune.PruningPlan;
import io.secateur.prune.Surgery;
import io.secateur.run.RunContext;
import io.secateur.train.BatchSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Fine-Pruning (Liu, Dolan-Gavitt and Garg, RAID 2018): channels that clean images hardly use are
 * where a backdoor hides.
 *
 * <ol>
 *   <li>a_k = mean over images and positions of channel k of the last convolution, as the
 *       classifier reads it;
 *   <li>prune in increasing order of a_k, 1 % of the channels at a time, until the loss of accuracy
 *       is no longer below the tolerance: (A₀ − A) / A₀ &lt; 10 %;
 *   <li>fine-tune, the pruned channels held at zero.
 * </ol>
 *
 * <p>Defaults of BackdoorBench v2.2 (defense/fp.py, config/defense/fp/cifar10.yaml). Differs from
 * it in: A is measured on the hold-out images, not on the test set. A channel is pruned where it
 * comes from ({@link ChannelOrigins}) rather than in the classifier's weights; behind a residual
 * addition those are all layers that write to the channel, so that layers before the last lose it
 * too. The n-th step prunes n channels, not n − 1. SGD looks ahead as Nesterov's does.
 */
public final class FinePruning implements Treatment {

  /**
   * Settings.
   *
   * @param step share of the channels pruned between two looks at the accuracy, in (0, 1]
   * @param cut {@link Cut.HoldOut}: the tolerance, in percent of the accuracy before; {@link
   *     Cut.Fixed}: the share of the channels that is pruned
   * @param tuning fine-tuning afterwards; without it this is the pruning of Nguyen and Tran (2020)
   */
  public record Settings(double step, Cut cut, Optional<FineTuning.Settings> tuning) {
    /** Steps of 1 %, a tolerance of 10 %, 100 epochs from 0.01 with batches of 256. */
    public static final Settings DEFAULT =
        new Settings(
            0.01, new Cut.HoldOut(10), Optional.of(new FineTuning.Settings(100, 0.01, 256)));

    /** Rejects a step out of range. */
    public Settings {
      if (!(step > 0 && step <= 1)) {
        throw new IllegalArgumentException("the step must be in (0, 1], got " + step);
      }
    }
  }

  private final Settings settings;

  /** Fine-Pruning with {@code settings}. */
  public FinePruning(Settings settings) {
    this.settings = settings;
  }

  @Override
  public String name() {
    return "fp";
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if no linear classifier reads channels of convolutions
   */
  @Override
  public void check(Network network) {
    Architecture architecture = network.architecture();
    String features = features(architecture);
    for (int k = 0; k < architecture.node(features).output().channels(); k++) {
      try {
        ChannelOrigins.of(architecture, features, k);
      } catch (IllegalArgumentException e) {
        throw unsuited(architecture);
      }
    }
  }

  @Override
  public Treated treat(Network suspect, CleanSample clean, RunContext run) {
    RunContext own = run.under(name());
    List<PrunedChannel> order = order(suspect, clean.tune());
    HoldOutAccuracy accuracy = new HoldOutAccuracy(suspect, clean.holdOut(), own);
    PruningPlan plan = plan(suspect.architecture(), order, accuracy, own);
    Network pruned = Surgery.apply(suspect, plan);
    BatchSource images = BatchSource.of(clean.tune());
    return new Treated(
        settings
            .tuning()
            .map(tuning -> FineTuning.tune(tuning, pruned, plan, images, own))
            .orElse(pruned),
        plan);
  }

  /**
   * The last channels in increasing order of mean activation; index is that of the classifier's
   * input, score the share of channels with a higher activation.
   */
  static List<PrunedChannel> order(Network suspect, ImageSet images) {
    String features = features(suspect.architecture());
    float[] mean =
        Scope.value(
            () ->
                ChannelActivations.of(Interpreter.evaluating(suspect), Set.of(features), images)
                    .mean()
                    .getOrDefault(features, new float[0]));
    int[] ascending =
        IntStream.range(0, mean.length)
            .boxed()
            .sorted(Comparator.comparingDouble(k -> mean[k]))
            .mapToInt(k -> k)
            .toArray();
    List<PrunedChannel> order = new ArrayList<>();
    for (int rank = 0; rank < ascending.length; rank++) {
      int k = ascending[rank];
      order.add(
          new PrunedChannel(
              features,
              k,
              1 - (rank + 1.0) / ascending.length,
              String.format(
                  Locale.ROOT,
                  "mean activation %.4g, number %d of %d from below",
                  mean[k],
                  rank + 1,
                  ascending.length)));
    }
    return order;
  }

  /** What the classifier reads: the node before the first of its linear layers, unflattened. */
  private static String features(Architecture architecture) {
    String features = "";
    Node node = architecture.output();
    while (!(node.layer() instanceof Layer.Input) && node.inputs().size() == 1) {
      Node input = architecture.node(node.inputs().get(0));
      boolean linear = node.layer() instanceof Layer.Linear;
      boolean unflattens = node.layer() instanceof Layer.Flatten && node.name().equals(features);
      if (linear || unflattens) {
        features = input.name();
      } else if (node.layer() instanceof Layer.Conv2d) {
        break;
      }
      node = input;
    }
    if (features.isEmpty()) {
      throw unsuited(architecture);
    }
    return features;
  }

  private static IllegalArgumentException unsuited(Architecture architecture) {
    return new IllegalArgumentException(
        "fp prunes the channels that a linear classifier reads from convolutions, and "
            + architecture.name()
            + " has none; expected a convolutional network that ends in linear layers");
  }

  private PruningPlan plan(
      Architecture architecture,
      List<PrunedChannel> order,
      HoldOutAccuracy accuracy,
      RunContext run) {
    List<List<PrunedChannel>> units = units(architecture, order);
    if (settings.cut() instanceof Cut.Fixed fixed) {
      int share = (int) Math.floor(fixed.threshold() * order.size());
      return first(units, Math.min(units.size(), share));
    }
    double tolerance = ((Cut.HoldOut) settings.cut()).maxDrop() / 100 * accuracy.before();
    int step = (int) Math.ceil(settings.step() * order.size());
    PruningPlan best = PruningPlan.EMPTY;
    run.progress().begin("prune by mean activation", units.size());
    for (int count = step; count <= units.size(); count += step) {
      PruningPlan plan = first(units, count);
      double drop = accuracy.drop(plan);
      String note = String.format(Locale.ROOT, "%d channels, %.1f points", count, -drop);
      run.progress().advance(count, note);
      if (drop >= tolerance) {
        break;
      }
      best = plan;
    }
    run.progress().end(best.channels().size() + " channels");
    return best;
  }

  /** What to prune for each, in order; those whose pruning would empty a layer are left out. */
  private static List<List<PrunedChannel>> units(
      Architecture architecture, List<PrunedChannel> order) {
    Map<String, Integer> left = new HashMap<>();
    List<List<PrunedChannel>> units = new ArrayList<>();
    for (PrunedChannel channel : order) {
      List<Channel> origins = ChannelOrigins.of(architecture, channel.layer(), channel.index());
      for (Channel origin : origins) {
        left.putIfAbsent(origin.node(), architecture.node(origin.node()).output().channels());
      }
      if (origins.stream().allMatch(origin -> left.getOrDefault(origin.node(), 0) > 1)) {
        origins.forEach(origin -> left.merge(origin.node(), -1, Integer::sum));
        units.add(
            origins.stream()
                .map(
                    origin ->
                        new PrunedChannel(
                            origin.node(), origin.index(), channel.score(), channel.reason()))
                .toList());
      }
    }
    return units;
  }

  private static PruningPlan first(List<List<PrunedChannel>> units, int count) {
    return new PruningPlan(units.subList(0, count).stream().flatMap(List::stream).toList());
  }
}
