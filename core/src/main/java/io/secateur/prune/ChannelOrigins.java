package io.secateur.prune;

import io.secateur.nn.Architecture;
import io.secateur.nn.Channel;
import io.secateur.nn.Layer;
import io.secateur.nn.Node;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Where a channel's values come from: the nearest channels of convolutions and batch norms that
 * must be zero for it to be zero. An addition needs all of its inputs to be, a product one; not one
 * that is a gate, though, which is a half where what it comes from is zero. Other activations are
 * taken to leave zero as it is.
 */
public final class ChannelOrigins {
  private final Architecture architecture;
  private final Set<Channel> origins = new LinkedHashSet<>();

  private ChannelOrigins(Architecture architecture) {
    this.architecture = architecture;
  }

  /**
   * The origins of output channel {@code index} of {@code node}, each once; none for a padded zero.
   *
   * @throws IllegalArgumentException if an image channel or a linear layer is among them
   */
  public static List<Channel> of(Architecture architecture, String node, int index) {
    ChannelOrigins found = new ChannelOrigins(architecture);
    found.visit(architecture.node(node), index);
    return List.copyOf(found.origins);
  }

  private void visit(Node node, int index) {
    Layer layer = node.layer();
    if (layer instanceof Layer.Conv2d || layer instanceof Layer.BatchNorm) {
      origins.add(new Channel(node.name(), index));
    } else if (layer instanceof Layer.Input || layer instanceof Layer.Linear) {
      throw new IllegalArgumentException(
          "'" + node.name() + "' yields channels that no convolution or batch norm can silence");
    } else if (layer instanceof Layer.Add) {
      node.inputs().forEach(input -> visit(architecture.node(input), index));
    } else if (layer instanceof Layer.Multiply) {
      List<Node> factors = node.inputs().stream().map(architecture::node).toList();
      Node factor =
          factors.stream().filter(input -> !gates(input, node)).findFirst().orElse(factors.get(0));
      visit(factor, index);
    } else if (layer instanceof Layer.Concat) {
      visitPart(node, index);
    } else if (layer instanceof Layer.ChannelPad pad) {
      Node input = architecture.node(node.inputs().get(0));
      int inside = index - pad.before();
      if (inside >= 0 && inside < input.output().channels()) {
        visit(input, inside);
      }
    } else if (layer instanceof Layer.ChannelSlice slice) {
      visit(architecture.node(node.inputs().get(0)), slice.start() + index);
    } else if (layer instanceof Layer.ChannelShuffle shuffle) {
      visit(
          architecture.node(node.inputs().get(0)), shuffle.source(index, node.output().channels()));
    } else if (layer instanceof Layer.Unflatten shape) {
      int positions = shape.height() * shape.width();
      for (int at = 0; at < positions; at++) {
        visit(architecture.node(node.inputs().get(0)), index * positions + at);
      }
    } else if (layer instanceof Layer.Flatten) {
      Node input = architecture.node(node.inputs().get(0));
      visit(input, index / (input.output().height() * input.output().width()));
    } else {
      visit(architecture.node(node.inputs().get(0)), index);
    }
  }

  /** Whether {@code factor} only weights what it is multiplied with: one value for a channel. */
  private boolean gates(Node factor, Node product) {
    Layer layer = factor.layer();
    boolean passes =
        layer instanceof Layer.Identity
            || layer instanceof Layer.Dropout
            || layer instanceof Layer.Upsample;
    return layer instanceof Layer.Sigmoid
        || layer instanceof Layer.HardSigmoid
        || factor.output().height() * factor.output().width()
            < product.output().height() * product.output().width()
        || passes && gates(architecture.node(factor.inputs().get(0)), product);
  }

  private void visitPart(Node concat, int index) {
    int inside = index;
    for (String input : concat.inputs()) {
      Node part = architecture.node(input);
      if (inside < part.output().channels()) {
        visit(part, inside);
        return;
      }
      inside -= part.output().channels();
    }
  }
}
