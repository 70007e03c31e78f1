package io.secateur.agent;

import io.secateur.engine.Tensor;
import io.secateur.graph.ChannelGraph;

/** Features handed over by a caller, checked, as a tensor [N, F]. */
final class NodeFeatures {
  private NodeFeatures() {}

  /** One row per node of {@code graph}, all of one length and finite. */
  static Tensor tensor(float[][] features, ChannelGraph graph) {
    if (features.length != graph.nodes()) {
      throw new IllegalArgumentException(
          "features of " + features.length + " nodes for a graph of " + graph.nodes());
    }
    int width = features[0].length;
    if (width == 0) {
      throw new IllegalArgumentException("nodes need at least one feature");
    }
    float[] flat = new float[features.length * width];
    for (int node = 0; node < features.length; node++) {
      if (features[node].length != width) {
        throw new IllegalArgumentException(
            "node " + node + " has " + features[node].length + " features, node 0 has " + width);
      }
      for (int f = 0; f < width; f++) {
        if (!Float.isFinite(features[node][f])) {
          throw new IllegalArgumentException(
              "feature " + f + " of node " + node + " is " + features[node][f]);
        }
        flat[node * width + f] = features[node][f];
      }
    }
    return Tensor.of(flat, features.length, width);
  }
}
