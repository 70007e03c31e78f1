package io.secateur.nn;

import java.util.List;
import java.util.Optional;

/** A batch norm that alone reads a convolution, and so may be taken for a part of it. */
public final class OwnNorm {
  private OwnNorm() {}

  /** The batch norm that alone reads {@code convolution}. */
  public static Optional<Node> of(Architecture architecture, String convolution) {
    List<Node> consumers = architecture.consumers(convolution);
    return consumers.size() == 1 && consumers.get(0).layer() instanceof Layer.BatchNorm
        ? Optional.of(consumers.get(0))
        : Optional.empty();
  }

  /** The convolution that {@code norm} alone reads; empty for what is no batch norm. */
  public static Optional<Node> convolution(Architecture architecture, Node norm) {
    if (!(norm.layer() instanceof Layer.BatchNorm)) {
      return Optional.empty();
    }
    return Optional.of(architecture.node(norm.inputs().get(0)))
        .filter(node -> node.layer() instanceof Layer.Conv2d)
        .filter(node -> of(architecture, node.name()).isPresent());
  }

  /** |γ| / √(σ² + ε) of the batch norm that alone reads a convolution's channel, else 1. */
  public static double gain(Network network, Channel writer) {
    return of(network.architecture(), writer.node())
        .map(norm -> gain(network.weights(), norm, writer.index()))
        .orElse(1.0);
  }

  private static double gain(Weights weights, Node norm, int channel) {
    double variance = weights.get(norm.name() + ".running_var").at(channel);
    double epsilon = ((Layer.BatchNorm) norm.layer()).epsilon();
    return Math.abs(weights.get(norm.name() + ".weight").at(channel))
        / Math.sqrt(variance + epsilon);
  }
}
