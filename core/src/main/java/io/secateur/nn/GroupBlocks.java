package io.secateur.nn;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Coupling groups in a form that a person can read. */
public final class GroupBlocks {
  private final Architecture architecture;

  private GroupBlocks(Architecture architecture) {
    this.architecture = architecture;
  }

  /** All groups of {@code architecture}, those that follow each other and are alike as one. */
  public static List<GroupBlock> of(Architecture architecture) {
    GroupBlocks blocks = new GroupBlocks(architecture);
    List<CouplingGroup> groups = CouplingGroups.of(architecture).groups();
    List<GroupBlock> found = new ArrayList<>();
    for (int first = 0; first < groups.size(); ) {
      int end = first + 1;
      while (end < groups.size() && follows(groups.get(first), groups.get(end), end - first)) {
        end++;
      }
      found.add(blocks.block(groups.get(first), end - first));
      first = end;
    }
    return found;
  }

  /** Whether a later group is the first one, some channels further. */
  private static boolean follows(CouplingGroup first, CouplingGroup later, int distance) {
    if (first.kind() != later.kind()
        || !first.reason().equals(later.reason())
        || first.members().size() != later.members().size()) {
      return false;
    }
    for (int m = 0; m < first.members().size(); m++) {
      Channel here = first.members().get(m);
      Channel there = later.members().get(m);
      if (!here.node().equals(there.node()) || here.index() + distance != there.index()) {
        return false;
      }
    }
    return true;
  }

  private GroupBlock block(CouplingGroup first, int groups) {
    List<GroupBlock.Range> layers = new ArrayList<>();
    for (Channel member : first.members()) {
      layers.add(
          new GroupBlock.Range(
              member.node(),
              member.index(),
              member.index() + groups - 1,
              role(architecture.node(member.node()), first)));
    }
    return new GroupBlock(first.id(), groups, first.kind(), first.reason(), layers, readers(first));
  }

  private String role(Node node, CouplingGroup group) {
    if (node.layer() instanceof Layer.BatchNorm) {
      return "normalises " + node.inputs().get(0) + ", channel by channel";
    }
    if (node.layer() instanceof Layer.Conv2d conv && ChannelTracing.depthwise(conv)) {
      return "filters " + node.inputs().get(0) + ", channel by channel" + joins(node);
    }
    if (group.kind() == CouplingGroup.Kind.OUTPUT && joins(node).isEmpty()) {
      return "yields the class scores";
    }
    return "writes the channel" + joins(node);
  }

  /** The additions and products that the channel reaches before another layer reads it anew. */
  private String joins(Node from) {
    return joined(from, Layer.Add.class, ", added at ")
        + joined(from, Layer.Multiply.class, ", multiplied at ");
  }

  private String joined(Node from, Class<? extends Layer> join, String words) {
    Set<Node> reached = new LinkedHashSet<>();
    follow(
        from,
        node -> node.layer() instanceof Layer.Add || node.layer() instanceof Layer.Multiply,
        reached);
    String names =
        reached.stream()
            .filter(node -> join.isInstance(node.layer()))
            .map(Node::name)
            .collect(Collectors.joining(", "));
    return names.isEmpty() ? "" : words + names;
  }

  private List<String> readers(CouplingGroup group) {
    Set<Node> reached = new LinkedHashSet<>();
    group.members().forEach(m -> follow(architecture.node(m.node()), node -> false, reached));
    return architecture.nodes().stream()
        .filter(node -> reached.contains(node) && readsAnew(node))
        .map(Node::name)
        .toList();
  }

  private static boolean readsAnew(Node node) {
    return node.layer() instanceof Layer.Linear
        || node.layer() instanceof Layer.Conv2d conv && !ChannelTracing.depthwise(conv);
  }

  /** Gathers what {@code from} leads to, up to layers that read the channels anew or end it. */
  private void follow(Node from, Predicate<Node> ends, Set<Node> reached) {
    for (Node reader : architecture.consumers(from.name())) {
      if (reached.add(reader) && !readsAnew(reader) && !ends.test(reader)) {
        follow(reader, ends, reached);
      }
    }
  }
}
