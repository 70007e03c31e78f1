package io.secateur.nn;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

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
    return new GroupBlock(first.id(), groups, first.kind(), first.reason(), layers);
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
    Set<String> additions = new LinkedHashSet<>();
    Set<String> products = new LinkedHashSet<>();
    follow(from, additions, products, new LinkedHashSet<>());
    return (additions.isEmpty() ? "" : ", added at " + String.join(", ", additions))
        + (products.isEmpty() ? "" : ", multiplied at " + String.join(", ", products));
  }

  private void follow(Node node, Set<String> additions, Set<String> products, Set<String> seen) {
    for (Node reader : architecture.consumers(node.name())) {
      if (!seen.add(reader.name())) {
        continue;
      }
      if (reader.layer() instanceof Layer.Add) {
        additions.add(reader.name());
      } else if (reader.layer() instanceof Layer.Multiply) {
        products.add(reader.name());
      } else if (!(reader.layer() instanceof Layer.Linear)
          && !(reader.layer() instanceof Layer.Conv2d conv && !ChannelTracing.depthwise(conv))) {
        follow(reader, additions, products, seen);
      }
    }
  }
}
