package io.secateur.prune;

import io.secateur.nn.Architecture;
import io.secateur.nn.ArchitectureBuilder;
import io.secateur.nn.Layer;
import io.secateur.nn.Network;
import io.secateur.nn.Node;
import io.secateur.nn.WeightTensor;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * {@code Network × PruningPlan → smaller Network}: the operated network ({@link Surgery}) without
 * the channels that are silent in it, and with the same logits but for rounding. A channel of a
 * residual stream or of any other {@link io.secateur.nn.CouplingGroup} can only leave if nothing
 * that shares it says anything; whatever cannot leave stays, zeroed, and is listed with the reason.
 *
 * <p>Each tensor is the old one without some of its values, in their old order. Cost: a few passes
 * over the channels of all activations.
 */
public final class Compaction {
  private final Network network;
  private final int removed;
  private final List<Masked> masked;
  private final Map<String, BitSet> kept;

  private Compaction(Network network, int removed, List<Masked> masked, Map<String, BitSet> kept) {
    this.network = network;
    this.removed = removed;
    this.masked = List.copyOf(masked);
    this.kept = kept;
  }

  /** Planned channels of one layer that stay in the tensors, as zeros, for one reason. */
  public record Masked(String layer, List<Integer> channels, String reason) {
    /** Copies the list. */
    public Masked {
      channels = List.copyOf(channels);
    }
  }

  /**
   * Operates and compacts.
   *
   * @throws BadPlan if {@link Surgery} refuses the plan; nothing is changed then
   */
  public static Compaction of(Network network, PruningPlan plan) {
    Network operated = Surgery.apply(network, plan);
    Architecture architecture = network.architecture();
    StayingChannels staying = new StayingChannels(architecture, plan);

    Map<Map.Entry<String, String>, List<Integer>> reasons = new LinkedHashMap<>();
    int removed = 0;
    Set<Map.Entry<String, Integer>> planned = new LinkedHashSet<>();
    plan.channels().forEach(c -> planned.add(Map.entry(c.layer(), c.index())));
    for (Map.Entry<String, Integer> channel : planned) {
      String why = staying.reason(channel.getKey(), channel.getValue());
      if (why == null) {
        removed++;
      } else {
        reasons
            .computeIfAbsent(Map.entry(channel.getKey(), why), key -> new ArrayList<>())
            .add(channel.getValue());
      }
    }
    List<Masked> masked = new ArrayList<>();
    reasons.forEach(
        (key, indices) ->
            masked.add(
                new Masked(key.getKey(), indices.stream().sorted().toList(), key.getValue())));

    Map<String, BitSet> kept = kept(architecture, staying);
    Network compacted = kept.isEmpty() ? operated : smaller(operated, staying, kept);
    return new Compaction(compacted, removed, masked, kept);
  }

  /** The smaller network; the operated one itself if nothing could be removed. */
  public Network network() {
    return network;
  }

  /** Whether any tensor lost a value. */
  public boolean smaller() {
    return !kept.isEmpty();
  }

  /** How many of the planned channels are gone from the tensors. */
  public int removed() {
    return removed;
  }

  /** The planned channels that are still there, zeroed. */
  public List<Masked> masked() {
    return masked;
  }

  /**
   * Which values of tensor {@code name}, by their row-major position in the uncompacted network,
   * are left; empty if all are.
   */
  public Optional<BitSet> kept(String name) {
    return Optional.ofNullable(kept.get(name)).map(bits -> (BitSet) bits.clone());
  }

  /** For each tensor that loses values those that it keeps. */
  private static Map<String, BitSet> kept(Architecture architecture, StayingChannels staying) {
    Map<String, BitSet> kept = new LinkedHashMap<>();
    Map<String, int[]> shapes = architecture.requiredTensors();
    for (Node node : architecture.nodes()) {
      int outputs = node.output().channels();
      IntPredicate out = index -> staying.stays(node.name(), index);
      @Nullable BitSet matrix = null;
      if (node.layer() instanceof Layer.Conv2d conv) {
        String input = node.inputs().get(0);
        int in = conv.inChannels() / conv.groups();
        int group = outputs / conv.groups();
        int kernel = conv.window().kernelHeight() * conv.window().kernelWidth();
        matrix =
            matrix(outputs, in, kernel, out, (o, i) -> staying.stays(input, o / group * in + i));
      } else if (node.layer() instanceof Layer.Linear linear) {
        String input = node.inputs().get(0);
        matrix = matrix(outputs, linear.inFeatures(), 1, out, (o, i) -> staying.stays(input, i));
      }
      BitSet vector = matrix(outputs, 1, 1, out, (o, i) -> true);
      for (String part : List.of("weight", "bias", "running_mean", "running_var")) {
        String name = node.name() + "." + part;
        int[] shape = shapes.get(name);
        if (shape != null) {
          BitSet values = matrix != null && shape.length > 1 ? matrix : vector;
          long size = 1;
          for (int extent : shape) {
            size *= extent;
          }
          if (values.cardinality() < size) {
            kept.put(name, values);
          }
        }
      }
    }
    return kept;
  }

  /** Whether output {@code o} keeps its local input {@code i}. */
  private interface Reading {
    boolean keeps(int output, int input);
  }

  private static BitSet matrix(
      int outputs, int inputs, int kernel, IntPredicate output, Reading input) {
    BitSet kept = new BitSet();
    for (int o = 0; o < outputs; o++) {
      for (int i = 0; i < inputs; i++) {
        if (output.test(o) && input.keeps(o, i)) {
          int first = (o * inputs + i) * kernel;
          kept.set(first, first + kernel);
        }
      }
    }
    return kept;
  }

  private static Network smaller(
      Network operated, StayingChannels staying, Map<String, BitSet> kept) {
    Architecture architecture = architecture(operated.architecture(), staying);
    Map<String, int[]> shapes = architecture.requiredTensors();
    Map<String, WeightTensor> sliced = new LinkedHashMap<>();
    kept.forEach(
        (name, positions) -> {
          WeightTensor tensor = operated.weights().get(name);
          float[] values = new float[positions.cardinality()];
          int next = 0;
          for (int p = positions.nextSetBit(0); p >= 0; p = positions.nextSetBit(p + 1)) {
            values[next++] = tensor.at(p);
          }
          int[] shape = shapes.getOrDefault(name, new int[0]);
          sliced.put(name, WeightTensor.ofFloats(tensor.type(), shape, values));
        });
    return new Network(architecture, operated.weights().with(sliced), operated.preprocessing());
  }

  private static Architecture architecture(Architecture whole, StayingChannels staying) {
    ArchitectureBuilder net = new ArchitectureBuilder(whole.name() + "-compact", whole.input());
    for (Node node : whole.nodes().subList(1, whole.nodes().size())) {
      net.add(node.name(), layer(whole, node, staying), node.inputs().toArray(String[]::new));
    }
    return whole.output().output().height() == 1 && whole.output().output().width() == 1
        ? net.build()
        : net.buildGenerator();
  }

  /** The layer with the channel numbers that are left; those of the others follow from inputs. */
  private static Layer layer(Architecture whole, Node node, StayingChannels staying) {
    String input = node.inputs().get(0);
    int out = staying.count(node.name());
    if (node.layer() instanceof Layer.Conv2d conv) {
      int group = conv.outChannels() / conv.groups();
      long groups =
          IntStream.range(0, conv.outChannels())
              .filter(o -> staying.stays(node.name(), o))
              .map(o -> o / group)
              .distinct()
              .count();
      return new Layer.Conv2d(staying.count(input), out, conv.window(), (int) groups, conv.bias());
    } else if (node.layer() instanceof Layer.BatchNorm norm) {
      return new Layer.BatchNorm(out, norm.epsilon());
    } else if (node.layer() instanceof Layer.Linear linear) {
      return new Layer.Linear(staying.count(input), out, linear.bias());
    } else if (node.layer() instanceof Layer.ChannelPad pad) {
      int before = 0;
      for (int c = 0; c < pad.before(); c++) {
        before += staying.stays(node.name(), c) ? 1 : 0;
      }
      return new Layer.ChannelPad(before, out - before - staying.count(input));
    }
    return node.layer();
  }
}
