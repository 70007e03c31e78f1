package io.secateur.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The coupling groups of an architecture, found channel by channel with union-find. Each
 * convolution and linear layer creates new channels; {@link Layer.Add} and {@link Layer.Multiply}
 * unite their inputs' channels index by index; {@link Layer.Concat} and {@link Layer.ChannelPad}
 * shift them; {@link Layer.Flatten} repeats each once per position; a depthwise convolution (as
 * many groups as inputs and outputs) and every other layer pass them on. Padded zero channels
 * belong to no group until something is added to them.
 *
 * <p>A convolution with fewer groups creates channels like any other: masking one is free. Taking
 * channels physically out of its input or output further needs as many from each of its groups,
 * which is for the surgery to check.
 *
 * <p>After the dependency groups of DepGraph (Fang et al., CVPR 2023), found on the network's own
 * graph instead of a trace. Cost: nearly linear in the number of activation channels.
 */
public final class CouplingGroups {
  private static final int NONE = ChannelTracing.NONE;

  private final List<Node> norms;
  private final List<CouplingGroup> groups;
  private final Map<String, int[]> ids;

  private CouplingGroups(List<Node> norms, List<CouplingGroup> groups, Map<String, int[]> ids) {
    this.norms = norms;
    this.groups = List.copyOf(groups);
    this.ids = ids;
  }

  /** Groups of {@code architecture}. */
  public static CouplingGroups of(Architecture architecture) {
    ChannelTracing tracing = new ChannelTracing();
    for (Node node : architecture.nodes()) {
      tracing.visit(node);
    }
    return collect(architecture, tracing);
  }

  /** All groups, by the place of their first member. */
  public List<CouplingGroup> groups() {
    return groups;
  }

  /** The groups that may be removed. */
  public List<CouplingGroup> prunable() {
    return groups.stream().filter(CouplingGroup::prunable).toList();
  }

  /**
   * The batch norms all of whose channels may be removed. Behind a concatenation some may be the
   * image's or class scores and others not.
   */
  public List<Node> prunableNorms() {
    return norms.stream()
        .filter(
            node ->
                IntStream.range(0, node.output().channels())
                    .allMatch(c -> groupOf(new Channel(node.name(), c)).prunable()))
        .toList();
  }

  /** The groups of one kind. */
  public List<CouplingGroup> ofKind(CouplingGroup.Kind kind) {
    return groups.stream().filter(group -> group.kind() == kind).toList();
  }

  /**
   * The group that {@code channel} belongs to.
   *
   * @throws IllegalArgumentException if there is no such channel, or it belongs to none
   */
  public CouplingGroup groupOf(Channel channel) {
    OptionalInt id = groupAt(channel.node(), channel.index());
    return groups.get(
        id.orElseThrow(() -> new IllegalArgumentException(channel + " belongs to no group")));
  }

  /**
   * Id of the group whose values arrive at output channel {@code index} of any node, functional
   * ones included; empty for plain image channels and padded zeros.
   *
   * @throws IllegalArgumentException if there is no such channel
   */
  public OptionalInt groupAt(String node, int index) {
    int[] own = ids.get(node);
    if (own == null || index < 0 || index >= own.length) {
      throw new IllegalArgumentException("no channel " + index + " of a node '" + node + "'");
    }
    return own[index] == NONE ? OptionalInt.empty() : OptionalInt.of(own[index]);
  }

  /**
   * Second pass: gathers members, writers and joins of each class, and numbers the classes that
   * have members.
   */
  private static CouplingGroups collect(Architecture architecture, ChannelTracing tracing) {
    Map<Integer, Draft> drafts = new LinkedHashMap<>();
    for (Node node : architecture.nodes()) {
      if (owns(node.layer())) {
        int[] own = tracing.classesOf(node.name());
        for (int i = 0; i < own.length; i++) {
          drafts.computeIfAbsent(tracing.find(own[i]), root -> new Draft()).admit(node, i);
        }
      }
    }
    for (Node node : architecture.nodes()) {
      if (node.layer() instanceof Layer.Add || node.layer() instanceof Layer.Multiply) {
        for (int i = 0; i < node.output().channels(); i++) {
          noteJoin(node, i, tracing, drafts);
        }
      }
    }
    mark(architecture.nodes().get(0).name(), CouplingGroup.Kind.INPUT, tracing, drafts);
    mark(architecture.output().name(), CouplingGroup.Kind.OUTPUT, tracing, drafts);

    List<CouplingGroup> groups = new ArrayList<>();
    Map<Integer, Integer> numbers = new HashMap<>();
    for (Map.Entry<Integer, Draft> draft : drafts.entrySet()) {
      numbers.put(draft.getKey(), groups.size());
      groups.add(draft.getValue().group(groups.size()));
    }
    Map<String, int[]> ids = new HashMap<>();
    for (Node node : architecture.nodes()) {
      int[] own = tracing.classesOf(node.name());
      ids.put(
          node.name(),
          Arrays.stream(own)
              .map(c -> c == NONE ? NONE : numbers.getOrDefault(tracing.find(c), NONE))
              .toArray());
    }
    List<Node> norms =
        architecture.nodes().stream()
            .filter(node -> node.layer() instanceof Layer.BatchNorm)
            .toList();
    return new CouplingGroups(norms, groups, Collections.unmodifiableMap(ids));
  }

  private static void noteJoin(
      Node node, int index, ChannelTracing tracing, Map<Integer, Draft> drafts) {
    int live = 0;
    for (String input : node.inputs()) {
      live += tracing.classesOf(input)[index] == NONE ? 0 : 1;
    }
    int result = tracing.classesOf(node.name())[index];
    Draft draft = result == NONE ? null : drafts.get(tracing.find(result));
    if (live > 1 && draft != null) {
      (node.layer() instanceof Layer.Add ? draft.additions : draft.products).add(node.name());
    }
  }

  private static void mark(
      String node, CouplingGroup.Kind kind, ChannelTracing tracing, Map<Integer, Draft> drafts) {
    for (int own : tracing.classesOf(node)) {
      Draft draft = own == NONE ? null : drafts.get(tracing.find(own));
      if (draft != null) {
        draft.end = kind;
      }
    }
  }

  /**
   * A group in the making; {@code end} stays INNER unless it holds an image channel or a class
   * score.
   */
  private static final class Draft {
    private final List<Channel> members = new ArrayList<>();
    private final List<Channel> writers = new ArrayList<>();
    private final List<Channel> norms = new ArrayList<>();
    private final Set<String> additions = new LinkedHashSet<>();
    private final Set<String> products = new LinkedHashSet<>();
    private CouplingGroup.Kind end = CouplingGroup.Kind.INNER;

    void admit(Node node, int index) {
      Channel channel = new Channel(node.name(), index);
      members.add(channel);
      if (node.layer() instanceof Layer.BatchNorm) {
        norms.add(channel);
      } else if (!(node.layer() instanceof Layer.Conv2d conv && ChannelTracing.depthwise(conv))) {
        writers.add(channel);
      }
    }

    CouplingGroup group(int id) {
      boolean stream =
          end == CouplingGroup.Kind.INNER && !additions.isEmpty() && writers.size() > 1;
      CouplingGroup.Kind kind = stream ? CouplingGroup.Kind.STREAM : end;
      return new CouplingGroup(id, kind, members, writers, norms, reason(kind));
    }

    private String reason(CouplingGroup.Kind kind) {
      List<String> parts = new ArrayList<>();
      if (kind == CouplingGroup.Kind.OUTPUT) {
        parts.add("class score");
      } else if (kind == CouplingGroup.Kind.INPUT) {
        parts.add("image channel");
      } else if (writers.isEmpty()) {
        parts.add("constant");
      } else if (writers.size() == 1) {
        parts.add("written by " + writers.get(0).node() + " alone");
      }
      if (!additions.isEmpty()) {
        parts.add("added at " + String.join(", ", additions));
      }
      if (!products.isEmpty()) {
        parts.add("multiplied at " + String.join(", ", products));
      }
      return String.join("; ", parts);
    }
  }

  private static boolean owns(Layer layer) {
    return layer instanceof Layer.Conv2d
        || layer instanceof Layer.BatchNorm
        || layer instanceof Layer.Linear;
  }
}
