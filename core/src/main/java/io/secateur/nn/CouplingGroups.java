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
  private static final int NONE = -1;

  private final List<CouplingGroup> groups;
  private final Map<String, int[]> ids;

  private CouplingGroups(List<CouplingGroup> groups, Map<String, int[]> ids) {
    this.groups = List.copyOf(groups);
    this.ids = ids;
  }

  /** Groups of {@code architecture}. */
  public static CouplingGroups of(Architecture architecture) {
    Tracing tracing = new Tracing();
    for (Node node : architecture.nodes()) {
      tracing.visit(node);
    }
    return tracing.collect(architecture);
  }

  /** All groups, by the place of their first member. */
  public List<CouplingGroup> groups() {
    return groups;
  }

  /** The groups that may be removed. */
  public List<CouplingGroup> prunable() {
    return groups.stream().filter(CouplingGroup::prunable).toList();
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
   * Working memory: classes of channels, numbered; a class is known by its representative in the
   * union-find forest.
   */
  private static final class Tracing {
    private int[] parent = new int[1024];
    private int count;
    private final Map<String, int[]> classes = new HashMap<>();

    void visit(Node node) {
      int[][] inputs = node.inputs().stream().map(classes::get).toArray(int[][]::new);
      classes.put(node.name(), outputs(node, inputs));
    }

    /** The class of each output channel. */
    private int[] outputs(Node node, int[][] inputs) {
      Layer layer = node.layer();
      int channels = node.output().channels();
      if (layer instanceof Layer.Input || layer instanceof Layer.Linear) {
        return fresh(channels);
      } else if (layer instanceof Layer.Conv2d conv) {
        return depthwise(conv) ? live(inputs[0]) : fresh(channels);
      } else if (layer instanceof Layer.BatchNorm) {
        return live(inputs[0]);
      } else if (layer instanceof Layer.Add || layer instanceof Layer.Multiply) {
        int[] joined = inputs[0].clone();
        for (int[] other : inputs) {
          for (int i = 0; i < channels; i++) {
            joined[i] = join(joined[i], other[i], layer);
          }
        }
        return joined;
      } else if (layer instanceof Layer.Concat) {
        int[] all = new int[channels];
        int offset = 0;
        for (int[] part : inputs) {
          System.arraycopy(part, 0, all, offset, part.length);
          offset += part.length;
        }
        return all;
      } else if (layer instanceof Layer.ChannelPad pad) {
        int[] padded = new int[channels];
        Arrays.fill(padded, NONE);
        System.arraycopy(inputs[0], 0, padded, pad.before(), inputs[0].length);
        return padded;
      } else if (layer instanceof Layer.Flatten) {
        int positions = channels / inputs[0].length;
        int[] flat = new int[channels];
        for (int i = 0; i < channels; i++) {
          flat[i] = inputs[0][i / positions];
        }
        return flat;
      } else {
        return inputs[0];
      }
    }

    private int join(int a, int b, Layer layer) {
      if (a != NONE && b != NONE) {
        union(a, b);
        return a;
      }
      boolean sum = layer instanceof Layer.Add;
      return sum ? Math.max(a, b) : NONE;
    }

    private int[] fresh(int channels) {
      int[] created = new int[channels];
      for (int i = 0; i < channels; i++) {
        created[i] = next();
      }
      return created;
    }

    /**
     * Classes with new ones for zeros: a layer with weights makes a zero channel a constant that
     * can be pruned.
     */
    private int[] live(int[] input) {
      int[] output = input.clone();
      for (int i = 0; i < output.length; i++) {
        output[i] = output[i] == NONE ? next() : output[i];
      }
      return output;
    }

    private int next() {
      if (count == parent.length) {
        parent = Arrays.copyOf(parent, 2 * count);
      }
      parent[count] = count;
      return count++;
    }

    private int find(int member) {
      int root = member;
      while (parent[root] != root) {
        parent[root] = parent[parent[root]];
        root = parent[root];
      }
      return root;
    }

    private void union(int a, int b) {
      int first = find(a);
      int second = find(b);
      parent[Math.max(first, second)] = Math.min(first, second);
    }

    /**
     * Second pass: gathers members, writers and joins of each class, and numbers the classes that
     * have members.
     */
    CouplingGroups collect(Architecture architecture) {
      Map<Integer, Draft> drafts = new LinkedHashMap<>();
      for (Node node : architecture.nodes()) {
        if (owns(node.layer())) {
          int[] own = classOf(node.name());
          for (int i = 0; i < own.length; i++) {
            drafts.computeIfAbsent(find(own[i]), root -> new Draft()).admit(node, i);
          }
        }
      }
      for (Node node : architecture.nodes()) {
        if (node.layer() instanceof Layer.Add || node.layer() instanceof Layer.Multiply) {
          for (int i = 0; i < node.output().channels(); i++) {
            noteJoin(node, i, drafts);
          }
        }
      }
      mark(architecture.nodes().get(0).name(), CouplingGroup.Kind.INPUT, drafts);
      mark(architecture.output().name(), CouplingGroup.Kind.OUTPUT, drafts);

      List<CouplingGroup> groups = new ArrayList<>();
      Map<Integer, Integer> numbers = new HashMap<>();
      for (Map.Entry<Integer, Draft> draft : drafts.entrySet()) {
        numbers.put(draft.getKey(), groups.size());
        groups.add(draft.getValue().group(groups.size()));
      }
      Map<String, int[]> ids = new HashMap<>();
      for (Node node : architecture.nodes()) {
        int[] own = classOf(node.name());
        ids.put(
            node.name(),
            Arrays.stream(own)
                .map(c -> c == NONE ? NONE : numbers.getOrDefault(find(c), NONE))
                .toArray());
      }
      return new CouplingGroups(groups, Collections.unmodifiableMap(ids));
    }

    private int[] classOf(String node) {
      return classes.getOrDefault(node, new int[0]);
    }

    private void noteJoin(Node node, int index, Map<Integer, Draft> drafts) {
      int live = 0;
      for (String input : node.inputs()) {
        live += classOf(input)[index] == NONE ? 0 : 1;
      }
      int result = classOf(node.name())[index];
      Draft draft = result == NONE ? null : drafts.get(find(result));
      if (live > 1 && draft != null) {
        (node.layer() instanceof Layer.Add ? draft.additions : draft.products).add(node.name());
      }
    }

    private void mark(String node, CouplingGroup.Kind kind, Map<Integer, Draft> drafts) {
      for (int own : classOf(node)) {
        Draft draft = own == NONE ? null : drafts.get(find(own));
        if (draft != null) {
          draft.end = kind;
        }
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
      } else if (!(node.layer() instanceof Layer.Conv2d conv && depthwise(conv))) {
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

  private static boolean depthwise(Layer.Conv2d conv) {
    return conv.groups() == conv.inChannels()
        && conv.groups() == conv.outChannels()
        && conv.groups() > 1;
  }
}
