package io.secateur.prune;

import io.secateur.nn.Architecture;
import io.secateur.nn.Layer;
import io.secateur.nn.Node;
import java.util.ArrayList;
import java.util.List;

/**
 * Layers without a matrix of their own: each of their output channels belongs to channels of their
 * inputs, and can only leave together with these.
 */
final class ChannelTies {
  private ChannelTies() {}

  /** Output channel {@code output} belongs to channel {@code index} of the node {@code input}. */
  record Tie(int output, String input, int index) {}

  /** Whether a layer only ties channels; of others nothing can be said here. */
  static boolean ties(Layer layer) {
    return layer instanceof Layer.BatchNorm
        || layer instanceof Layer.Activation
        || layer instanceof Layer.MaxPool
        || layer instanceof Layer.AveragePool
        || layer instanceof Layer.GlobalAveragePool
        || layer instanceof Layer.Add
        || layer instanceof Layer.Multiply
        || layer instanceof Layer.Concat
        || layer instanceof Layer.Subsample
        || layer instanceof Layer.Upsample
        || layer instanceof Layer.ChannelPad
        || layer instanceof Layer.Flatten
        || layer instanceof Layer.Dropout
        || layer instanceof Layer.Identity;
  }

  /** All ties of a node whose layer {@linkplain #ties ties}; none of padded zeros. */
  static List<Tie> of(Architecture architecture, Node node) {
    List<Tie> ties = new ArrayList<>();
    Layer layer = node.layer();
    int offset = layer instanceof Layer.ChannelPad pad ? pad.before() : 0;
    for (String name : node.inputs()) {
      Node input = architecture.node(name);
      int channels = input.output().channels();
      int positions =
          layer instanceof Layer.Flatten ? input.output().height() * input.output().width() : 1;
      for (int c = 0; c < channels; c++) {
        for (int p = 0; p < positions; p++) {
          ties.add(new Tie(offset + c * positions + p, name, c));
        }
      }
      offset += layer instanceof Layer.Concat ? channels : 0;
    }
    return ties;
  }
}
