package io.secateur.agent;

import io.secateur.nn.Architecture;
import io.secateur.nn.Channel;
import io.secateur.nn.Layer;
import io.secateur.nn.Network;
import io.secateur.nn.Node;
import java.util.List;

/**
 * Upper bound of a channel's Lipschitz constant, as in channel Lipschitzness based pruning (Zheng
 * et al., ECCV 2022, section 4.2):
 *
 * <pre>L_k = σ_max( reshape(W_k, C_in × kh·kw) ) · |γ_k| / √(σ²_k + ε)</pre>
 *
 * <p>Differs from the source in: ε of the batch norm is counted; a convolution that no batch norm
 * follows has factor 1.
 */
final class LipschitzBound {
  private static final int POWER_ITERATIONS = 30;

  private LipschitzBound() {}

  /** L of one convolution's channel. */
  static double of(Network network, Channel writer) {
    var weight = network.weights().get(writer.node() + ".weight");
    int[] shape = weight.shape();
    int taps = shape[2] * shape[3];
    double[][] matrix = new double[shape[1]][taps];
    for (int in = 0; in < shape[1]; in++) {
      for (int tap = 0; tap < taps; tap++) {
        matrix[in][tap] = weight.at((writer.index() * shape[1] + in) * taps + tap);
      }
    }
    return largestSingularValue(matrix) * normGain(network, writer);
  }

  /** By power iteration on AᵀA. */
  static double largestSingularValue(double[][] a) {
    int columns = a[0].length;
    double[] v = new double[columns];
    for (int j = 0; j < columns; j++) {
      v[j] = 1 + 0.01 * j;
    }
    double norm = 0;
    for (int iteration = 0; iteration < POWER_ITERATIONS; iteration++) {
      double[] next = new double[columns];
      for (double[] row : a) {
        double dot = 0;
        for (int j = 0; j < columns; j++) {
          dot += row[j] * v[j];
        }
        for (int j = 0; j < columns; j++) {
          next[j] += row[j] * dot;
        }
      }
      double square = 0;
      for (double value : next) {
        square += value * value;
      }
      norm = Math.sqrt(square);
      if (norm == 0) {
        return 0;
      }
      for (int j = 0; j < columns; j++) {
        v[j] = next[j] / norm;
      }
    }
    return Math.sqrt(norm);
  }

  private static double normGain(Network network, Channel writer) {
    Architecture architecture = network.architecture();
    List<Node> consumers = architecture.consumers(writer.node());
    if (consumers.size() == 1 && consumers.get(0).layer() instanceof Layer.BatchNorm norm) {
      String name = consumers.get(0).name();
      return Math.abs(network.weights().get(name + ".weight").at(writer.index()))
          / Math.sqrt(
              network.weights().get(name + ".running_var").at(writer.index()) + norm.epsilon());
    }
    return 1;
  }
}
