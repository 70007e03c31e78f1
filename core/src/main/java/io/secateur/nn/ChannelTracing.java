package io.secateur.nn;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Follows channels through a network, node by node: which values are the same channel, or are
 * joined with it. A class of such channels is a tree of a union-find forest and is known by its
 * root. Working memory of {@link CouplingGroups}.
 */
final class ChannelTracing {
  /** Class of a padded zero. */
  static final int NONE = -1;

  private int[] parent = new int[1024];
  private int count;
  private final Map<String, int[]> classes = new HashMap<>();

  /** Follows the channels through {@code node}, whose inputs were visited before. */
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
    } else if (layer instanceof Layer.ChannelSlice slice) {
      return Arrays.copyOfRange(inputs[0], slice.start(), slice.start() + slice.length());
    } else if (layer instanceof Layer.ChannelShuffle shuffle) {
      int[] shuffled = new int[channels];
      for (int i = 0; i < channels; i++) {
        shuffled[i] = inputs[0][shuffle.source(i, channels)];
      }
      return shuffled;
    } else if (layer instanceof Layer.Unflatten) {
      return gathered(inputs[0], channels);
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

  /** One class for the flat features that become the positions of one channel. */
  private int[] gathered(int[] flat, int channels) {
    int positions = flat.length / channels;
    int[] joined = new int[channels];
    for (int i = 0; i < channels; i++) {
      joined[i] = flat[i * positions];
      for (int at = 1; at < positions; at++) {
        int other = flat[i * positions + at];
        if (joined[i] != NONE && other != NONE) {
          union(joined[i], other);
        }
        joined[i] = Math.max(joined[i], other);
      }
    }
    return joined;
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
   * Classes with new ones for zeros: a layer with weights makes a zero channel a constant that can
   * be pruned.
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

  /** The root of a class. */
  int find(int member) {
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

  /** The classes of a node's output channels, for {@link #find}; {@link #NONE} for zeros. */
  int[] classesOf(String node) {
    return classes.getOrDefault(node, new int[0]);
  }

  /** Whether a convolution has one input and one output channel in each of its groups. */
  static boolean depthwise(Layer.Conv2d conv) {
    return conv.groups() == conv.inChannels()
        && conv.groups() == conv.outChannels()
        && conv.groups() > 1;
  }
}
