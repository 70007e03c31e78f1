package io.secateur.prune;

import io.secateur.nn.Architecture;
import io.secateur.nn.Layer;
import io.secateur.nn.Node;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which channels of an operated network can be told, from its layers alone, to say nothing: those
 * that are exactly zero for every image, and those that nothing listens to.
 *
 * <p>Zero goes forward. A planned channel is zero; a sum is where all of its inputs are, a product
 * where one is; a convolution without bias is where all that it reads is; activations with f(0) = 0
 * and pools leave it as it is. A batch norm that is not planned makes a constant of it. Use goes
 * backward from the class scores: a zero uses none of its inputs. A layer that is not known here
 * yields no zeros and uses all of its inputs.
 */
final class SilentChannels {
  private final Architecture architecture;
  private final Map<String, BitSet> planned = new HashMap<>();
  private final Map<String, BitSet> zero = new HashMap<>();
  private final Map<String, BitSet> used = new HashMap<>();

  SilentChannels(Architecture architecture, PruningPlan plan) {
    this.architecture = architecture;
    for (PrunedChannel channel : plan.channels()) {
      planned.computeIfAbsent(channel.layer(), layer -> new BitSet()).set(channel.index());
    }
    List<Node> nodes = architecture.nodes();
    for (Node node : nodes) {
      zero.put(node.name(), zeros(node));
      used.put(node.name(), new BitSet());
    }
    set(used, architecture.output().name()).set(0, architecture.output().output().channels());
    for (int i = nodes.size() - 1; i >= 0; i--) {
      listen(nodes.get(i));
    }
  }

  /** Whether output channel {@code index} of {@code node} is zero for every image. */
  boolean zero(String node, int index) {
    return set(zero, node).get(index);
  }

  /** Whether it is zero, or makes no difference to any class score. */
  boolean silent(String node, int index) {
    return zero(node, index) || !set(used, node).get(index);
  }

  private static BitSet set(Map<String, BitSet> sets, String node) {
    return sets.getOrDefault(node, new BitSet());
  }

  private BitSet zeros(Node node) {
    Layer layer = node.layer();
    BitSet zeros = new BitSet();
    List<BitSet> inputs = node.inputs().stream().map(input -> set(zero, input)).toList();
    if (layer instanceof Layer.Conv2d conv) {
      zeros.or(set(planned, node.name()));
      int in = conv.inChannels() / conv.groups();
      int out = conv.outChannels() / conv.groups();
      for (int g = 0; g < conv.groups() && !conv.bias(); g++) {
        if (inputs.get(0).nextClearBit(g * in) >= (g + 1) * in) {
          zeros.set(g * out, (g + 1) * out);
        }
      }
    } else if (layer instanceof Layer.BatchNorm) {
      zeros.or(set(planned, node.name()));
    } else if (layer instanceof Layer.Add) {
      zeros.or(inputs.get(0));
      inputs.forEach(zeros::and);
    } else if (layer instanceof Layer.Multiply) {
      inputs.forEach(zeros::or);
    } else if (layer instanceof Layer.ChannelPad) {
      zeros.set(0, node.output().channels());
    }
    if (passesOn(layer)) {
      for (ChannelTies.Tie tie : ChannelTies.of(architecture, node)) {
        zeros.set(tie.output(), set(zero, tie.input()).get(tie.index()));
      }
    }
    return zeros;
  }

  /** Whether an output channel is zero where the channel that it is tied to is. */
  private static boolean passesOn(Layer layer) {
    return layer instanceof Layer.Activation activation
        ? keepsZero(activation)
        : layer instanceof Layer.MaxPool
            || layer instanceof Layer.AveragePool
            || layer instanceof Layer.GlobalAveragePool
            || layer instanceof Layer.Concat
            || layer instanceof Layer.Subsample
            || layer instanceof Layer.Upsample
            || layer instanceof Layer.ChannelPad
            || layer instanceof Layer.Flatten
            || layer instanceof Layer.Dropout
            || layer instanceof Layer.Identity;
  }

  private static boolean keepsZero(Layer.Activation activation) {
    if (activation instanceof Layer.Clip clip) {
      return clip.low() <= 0 && clip.high() >= 0;
    }
    return activation instanceof Layer.Relu
        || activation instanceof Layer.Elu
        || activation instanceof Layer.LeakyRelu
        || activation instanceof Layer.Tanh
        || activation instanceof Layer.Silu
        || activation instanceof Layer.HardSwish;
  }

  /** Marks what {@code node} uses of its inputs; its own users are known. */
  private void listen(Node node) {
    BitSet wanted = (BitSet) set(used, node.name()).clone();
    wanted.andNot(set(zero, node.name()));
    if (wanted.isEmpty()) {
      return;
    }
    if (node.layer() instanceof Layer.Conv2d conv) {
      int in = conv.inChannels() / conv.groups();
      int out = conv.outChannels() / conv.groups();
      BitSet input = set(used, node.inputs().get(0));
      wanted.stream().map(o -> o / out).distinct().forEach(g -> input.set(g * in, (g + 1) * in));
    } else if (ChannelTies.ties(node.layer())) {
      for (ChannelTies.Tie tie : ChannelTies.of(architecture, node)) {
        if (wanted.get(tie.output())) {
          set(used, tie.input()).set(tie.index());
        }
      }
    } else {
      for (String input : node.inputs()) {
        set(used, input).set(0, architecture.node(input).output().channels());
      }
    }
  }
}
