package io.secateur.prune;

import io.secateur.nn.Architecture;
import io.secateur.nn.Layer;
import io.secateur.nn.Node;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which channels must stay in the tensors, and why. At first those stay that are not silent ({@link
 * SilentChannels}); then whatever the shapes tie to a staying one stays too, until nothing changes:
 *
 * <ul>
 *   <li>an output channel of a layer without a matrix stays or leaves with its inputs' channels
 *   <li>a convolution in groups loses whole groups, or equally many channels of each group
 *   <li>no node is left without channels
 *   <li>a layer that is not known here keeps all that it reads and yields
 * </ul>
 *
 * Inputs and outputs of a matrix leave independently of each other: a silent input contributes
 * nothing to any output that matters.
 */
final class StayingChannels {
  private final Architecture architecture;
  private final SilentChannels silent;

  /** For each output channel the reason why it stays, or null. */
  private final Map<String, @Nullable String[]> reasons = new HashMap<>();

  private boolean changed;

  StayingChannels(Architecture architecture, PruningPlan plan) {
    this.architecture = architecture;
    this.silent = new SilentChannels(architecture, plan);
    for (Node node : architecture.nodes()) {
      reasons.put(node.name(), atFirst(node));
    }
    do {
      changed = false;
      List<Node> nodes = architecture.nodes();
      nodes.forEach(this::constrain);
      for (int i = nodes.size() - 1; i >= 0; i--) {
        constrain(nodes.get(i));
      }
    } while (changed);
  }

  /** Why output channel {@code index} of {@code node} stays; null if it leaves. */
  @Nullable String reason(String node, int index) {
    return of(node)[index];
  }

  boolean stays(String node, int index) {
    return reason(node, index) != null;
  }

  /** How many channels of {@code node} stay. */
  int count(String node) {
    int count = 0;
    for (String reason : of(node)) {
      count += reason == null ? 0 : 1;
    }
    return count;
  }

  private @Nullable String[] of(String node) {
    return Objects.requireNonNull(reasons.get(node));
  }

  private @Nullable String[] atFirst(Node node) {
    @Nullable String[] first = new String[node.output().channels()];
    boolean end = node.layer() instanceof Layer.Input || node.equals(architecture.output());
    for (int c = 0; c < first.length; c++) {
      if (end || !silent.silent(node.name(), c)) {
        first[c] = end ? "it is an image channel or a class score" : sound(node, c);
      }
    }
    return first;
  }

  /** What makes a channel that is not zero. */
  private String sound(Node node, int index) {
    String name = "'" + node.name() + "' ";
    if (node.layer() instanceof Layer.Add) {
      return name + "adds values that are not pruned";
    }
    if (node.layer() instanceof Layer.Conv2d conv
        && conv.bias()
        && conv.groups() == conv.inChannels()
        && silent.zero(node.inputs().get(0), index * conv.groups() / conv.outChannels())) {
      return name + "adds its bias to the zero";
    }
    boolean ofZero =
        (node.layer() instanceof Layer.BatchNorm || node.layer() instanceof Layer.Activation)
            && silent.zero(node.inputs().get(0), index);
    return name + (ofZero ? "makes a constant of the zero" : "holds values that are not pruned");
  }

  private void constrain(Node node) {
    if (node.layer() instanceof Layer.Conv2d conv) {
      evenGroups(node, conv);
    } else if (ChannelTies.ties(node.layer())) {
      for (ChannelTies.Tie tie : ChannelTies.of(architecture, node)) {
        keep(node.name(), tie.output(), reason(tie.input(), tie.index()));
        keep(tie.input(), tie.index(), reason(node.name(), tie.output()));
      }
    } else if (!(node.layer() instanceof Layer.Linear)) {
      keepAll(node);
    }
    if (count(node.name()) == 0) {
      keep(node.name(), 0, "one channel of '" + node.name() + "' must stay");
    }
  }

  /** Nothing is known of how the layer's channels hang together. */
  private void keepAll(Node node) {
    String why = "nothing can be taken from '" + node.name() + "'";
    for (int c = 0; c < node.output().channels(); c++) {
      keep(node.name(), c, why);
    }
    for (String input : node.inputs()) {
      for (int c = 0; c < architecture.node(input).output().channels(); c++) {
        keep(input, c, why);
      }
    }
  }

  private void evenGroups(Node node, Layer.Conv2d conv) {
    String input = node.inputs().get(0);
    int in = conv.inChannels() / conv.groups();
    int out = conv.outChannels() / conv.groups();
    boolean[] left = new boolean[conv.groups()];
    int fewestIn = in - 1;
    int fewestOut = out - 1;
    for (int g = 0; g < left.length; g++) {
      int ins = leaving(input, g, in);
      int outs = leaving(node.name(), g, out);
      left[g] = ins == in && outs == out;
      fewestIn = left[g] ? fewestIn : Math.min(fewestIn, ins);
      fewestOut = left[g] ? fewestOut : Math.min(fewestOut, outs);
    }
    String uneven =
        conv.groups() == 1
            ? "one channel that '" + node.name() + "' reads must stay"
            : "'" + node.name() + "' needs equally many channels in each of its groups";
    for (int g = 0; g < left.length; g++) {
      if (!left[g]) {
        String why = in == 1 || out == 1 ? other(input, g, in, node.name(), out, uneven) : uneven;
        keepAllBut(fewestIn, input, g, in, why);
        keepAllBut(fewestOut, node.name(), g, out, why);
      }
    }
  }

  /** Where one channel makes a whole side of a group, the other side keeps it there. */
  private String other(String input, int g, int in, String output, int out, String otherwise) {
    for (int c = g * in; c < (g + 1) * in; c++) {
      String why = reason(input, c);
      if (why != null) {
        return why;
      }
    }
    for (int c = g * out; c < (g + 1) * out; c++) {
      String why = reason(output, c);
      if (why != null) {
        return why;
      }
    }
    return otherwise;
  }

  private int leaving(String node, int group, int size) {
    int count = 0;
    for (int c = group * size; c < (group + 1) * size; c++) {
      count += stays(node, c) ? 0 : 1;
    }
    return count;
  }

  /** Of the leaving channels of a group, the first {@code allowed} may. */
  private void keepAllBut(int allowed, String node, int group, int size, String why) {
    int count = 0;
    for (int c = group * size; c < (group + 1) * size; c++) {
      if (!stays(node, c) && ++count > allowed) {
        keep(node, c, why);
      }
    }
  }

  private void keep(String node, int index, @Nullable String why) {
    if (why != null && of(node)[index] == null) {
      of(node)[index] = why;
      changed = true;
    }
  }
}
