package io.secateur.explain;

import io.secateur.nn.Architecture;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Layer;
import io.secateur.nn.Node;
import java.util.List;
import java.util.Optional;

/** Where in a network to look: its last feature maps, and the features its classes are read off. */
final class FeatureMaps {
  private FeatureMaps() {}

  /**
   * The last node that still has positions: behind it the network only pools and classifies. Empty
   * for a network without feature maps.
   */
  static Optional<Node> last(Architecture architecture) {
    List<Node> nodes = architecture.nodes();
    for (int i = nodes.size() - 1; i > 0; i--) {
      FeatureShape shape = nodes.get(i).output();
      if (shape.height() * shape.width() > 1) {
        return Optional.of(nodes.get(i));
      }
    }
    return Optional.empty();
  }

  /** What the last layer with weights reads; empty where that is the image itself. */
  static Optional<Node> penultimate(Architecture architecture) {
    List<Node> nodes = architecture.nodes();
    for (int i = nodes.size() - 1; i > 0; i--) {
      Layer layer = nodes.get(i).layer();
      if (layer instanceof Layer.Linear || layer instanceof Layer.Conv2d) {
        return Optional.of(architecture.node(nodes.get(i).inputs().get(0)))
            .filter(node -> !(node.layer() instanceof Layer.Input));
      }
    }
    return Optional.empty();
  }
}
