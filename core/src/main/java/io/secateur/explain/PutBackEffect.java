package io.secateur.explain;

import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.nn.Architecture;
import io.secateur.nn.Channel;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Hooks;
import io.secateur.nn.Interpreter;
import io.secateur.nn.Layer;
import io.secateur.nn.Network;
import io.secateur.nn.Node;
import io.secateur.prune.PrunedChannel;
import io.secateur.prune.PruningPlan;
import io.secateur.prune.Surgery;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the repaired network does if one pruned channel alone gets its old weights back.
 *
 * <p>Cost: for each layer a pass up to it, for each channel a pass from its layer on, over all
 * images. As many channels are tried, the best scored first, as the settings allow; the limit is in
 * multiply-accumulates, so that it is the same on every machine.
 */
public final class PutBackEffect {
  /**
   * Bounds.
   *
   * @param channels at most so many
   * @param multiplyAccumulates at most so many in all; at least one channel is tried
   */
  public record Settings(int channels, long multiplyAccumulates) {
    /** 64 channels, 0.6 · 10¹²: some seconds on two processor cores. */
    public static final Settings DEFAULT = new Settings(64, 600_000_000_000L);
  }

  /**
   * A network on the images.
   *
   * @param cleanAccuracy percent of the clean images that get their label
   * @param attackSuccess percent of the triggered images that get the trigger's label; 0 without
   *     such images
   * @param targetProbability mean probability of that label on them, in percent
   */
  public record Standing(double cleanAccuracy, double attackSuccess, double targetProbability) {}

  /** What putting one channel back leads to. */
  public record Effect(Channel channel, Standing standing) {}

  /**
   * Everything measured.
   *
   * @param pruned the repaired network as it is
   * @param effects in the order of the plan's scores
   */
  public record Result(Standing pruned, List<Effect> effects) {
    /** Copies the list. */
    public Result {
      effects = List.copyOf(effects);
    }
  }

  private final Network repaired;
  private final PruningPlan plan;
  private final ProbeImages images;
  private final int rows;

  private PutBackEffect(Network repaired, PruningPlan plan, ProbeImages images) {
    this.repaired = repaired;
    this.plan = plan;
    this.images = images;
    this.rows = images.labels().length + images.targets().length;
  }

  /**
   * Puts back the channels of {@code plan} one at a time.
   *
   * @param suspect the network as it came, which has their old weights
   */
  public static Result of(
      Network suspect, Network repaired, PruningPlan plan, ProbeImages images, Settings settings) {
    PruningPlan possible =
        new PruningPlan(
            plan.channels().stream()
                .filter(channel -> maskable(repaired.architecture(), channel.layer()))
                .toList());
    return new PutBackEffect(repaired, possible, images)
        .measure(Surgery.putBack(repaired, possible, suspect), settings);
  }

  /** A convolution whose batch norm takes it in has no output of its own to mask. */
  static boolean maskable(Architecture architecture, String layer) {
    List<Node> readers = architecture.consumers(layer);
    return !(architecture.node(layer).layer() instanceof Layer.Conv2d)
        || readers.size() != 1
        || !(readers.get(0).layer() instanceof Layer.BatchNorm);
  }

  private Result measure(Network whole, Settings settings) {
    Map<String, List<PrunedChannel>> chosen = chosen(settings);
    Map<Channel, Standing> standings = new LinkedHashMap<>();
    Standing[] pruned = new Standing[1];
    Scope.run(
        () ->
            Scope.withoutGradients(
                () -> {
                  Interpreter without = Interpreter.evaluating(repaired);
                  Interpreter with = Interpreter.evaluating(whole);
                  pruned[0] = Scope.value(() -> standing(without.forward(pixels())));
                  chosen.forEach(
                      (layer, channels) ->
                          Scope.run(
                              () -> {
                                Map<String, Tensor> given =
                                    without.activations(pixels(), before(with, layer));
                                for (PrunedChannel channel : channels) {
                                  standings.put(
                                      new Channel(channel.layer(), channel.index()),
                                      Scope.value(() -> standing(with, given, channel)));
                                }
                              }));
                  return true;
                }));
    List<Effect> effects = new ArrayList<>();
    for (PrunedChannel channel : byScore()) {
      Channel key = new Channel(channel.layer(), channel.index());
      Standing standing = standings.get(key);
      if (standing != null) {
        effects.add(new Effect(key, standing));
      }
    }
    return new Result(pruned[0], effects);
  }

  private List<PrunedChannel> byScore() {
    return plan.channels().stream()
        .sorted(Comparator.comparingDouble((PrunedChannel channel) -> -channel.score()))
        .toList();
  }

  /** The channels that can be afforded, by layer. */
  private Map<String, List<PrunedChannel>> chosen(Settings settings) {
    Map<String, List<PrunedChannel>> chosen = new LinkedHashMap<>();
    long spent = 0;
    int count = 0;
    for (PrunedChannel channel : byScore()) {
      boolean newLayer = !chosen.containsKey(channel.layer());
      long cost = rows * (newLayer ? repaired.architecture().macs() : behind(channel.layer()));
      boolean affordable = spent + cost <= settings.multiplyAccumulates() || count == 0;
      if (count < settings.channels() && affordable) {
        chosen.computeIfAbsent(channel.layer(), layer -> new ArrayList<>()).add(channel);
        spent += cost;
        count++;
      }
    }
    return chosen;
  }

  /** Multiply-accumulates for one image from the convolution of a layer on. */
  private long behind(String layer) {
    Set<String> start = operands(layer);
    long cost = 0;
    boolean reached = false;
    for (Node node : repaired.architecture().nodes()) {
      reached |= node.inputs().stream().anyMatch(start::contains);
      cost += reached ? Architecture.macs(node) : 0;
    }
    return cost;
  }

  /** Outputs, untouched by the layer, from which it and all behind it can be computed. */
  private Set<String> before(Interpreter interpreter, String layer) {
    Set<String> needed = new LinkedHashSet<>(interpreter.boundary(Set.of(layer)));
    needed.remove(layer);
    needed.addAll(operands(layer));
    return needed;
  }

  private Set<String> operands(String layer) {
    Node node = repaired.architecture().node(layer);
    Node producer = repaired.architecture().node(node.inputs().get(0));
    return new LinkedHashSet<>(
        maskable(repaired.architecture(), producer.name()) ? node.inputs() : producer.inputs());
  }

  private Standing standing(Interpreter with, Map<String, Tensor> given, PrunedChannel back) {
    Map<String, float[]> factors = new LinkedHashMap<>();
    for (PrunedChannel channel : plan.channels()) {
      factors.computeIfAbsent(channel.layer(), this::ones)[channel.index()] = 0;
    }
    factors.computeIfAbsent(back.layer(), this::ones)[back.index()] = 1;
    return standing(with.resume(given, Hooks.maskedBy(factors)));
  }

  private float[] ones(String layer) {
    float[] ones = new float[repaired.architecture().node(layer).output().channels()];
    Arrays.fill(ones, 1);
    return ones;
  }

  private Tensor pixels() {
    FeatureShape shape = repaired.architecture().input();
    return Tensor.of(images.all(), shape.batch(rows));
  }

  private Standing standing(Tensor logits) {
    long[] answers = logits.argmax(1).toLongs();
    float[] probabilities = logits.softmax(1).toFloats();
    int classes = logits.size(1);
    int clean = images.labels().length;
    int attacked = images.targets().length;
    int right = 0;
    for (int i = 0; i < clean; i++) {
      right += answers[i] == images.labels()[i] ? 1 : 0;
    }
    int forced = 0;
    double probability = 0;
    for (int i = 0; i < attacked; i++) {
      int target = images.targets()[i];
      forced += answers[clean + i] == target ? 1 : 0;
      probability += probabilities[(clean + i) * classes + target];
    }
    return new Standing(
        100.0 * right / clean,
        attacked == 0 ? 0 : 100.0 * forced / attacked,
        attacked == 0 ? 0 : 100.0 * probability / attacked);
  }
}
