package io.secateur.agent;

import io.secateur.nn.Channel;
import io.secateur.nn.Network;
import io.secateur.nn.OwnNorm;

/**
 * Upper bound of a channel's Lipschitz constant, as in channel Lipschitzness based pruning (Zheng
 * et al., ECCV 2022, section 4.2):
 *
 * <pre>L_k = σ_max( reshape(W_k, C_in × kh·kw) ) · |γ_k| / √(σ²_k + ε)</pre>
 *
 * <p>Differs from the source in: ε of the batch norm is counted; a convolution that no batch norm
 * follows has factor 1.
 */
public final class LipschitzBound {
  /** (AᵀA)^1024. */
  private static final int SQUARINGS = 10;

  private LipschitzBound() {}

  /** L of one convolution's channel. */
  public static double of(Network network, Channel writer) {
    return ofFilter(network, writer) * OwnNorm.gain(network, writer);
  }

  /** σ_max( reshape(W_k, C_in × kh·kw) ) of one convolution's filter: L without its batch norm. */
  public static double ofFilter(Network network, Channel writer) {
    var weight = network.weights().get(writer.node() + ".weight");
    int[] shape = weight.shape();
    int taps = shape[2] * shape[3];
    double[][] matrix = new double[shape[1]][taps];
    for (int in = 0; in < shape[1]; in++) {
      for (int tap = 0; tap < taps; tap++) {
        matrix[in][tap] = weight.at((writer.index() * shape[1] + in) * taps + tap);
      }
    }
    return largestSingularValue(matrix);
  }

  /**
   * By squaring AᵀA until its dominant eigenvectors alone are left. Unlike power iteration this
   * needs no start, which some filter would be orthogonal to, and close singular values cost no
   * accuracy.
   */
  static double largestSingularValue(double[][] a) {
    double[][] gram = gram(a);
    double trace = trace(gram);
    if (trace == 0) {
      return 0;
    }
    double[][] power = gram;
    for (int squaring = 0; squaring < SQUARINGS; squaring++) {
      double scale = 1 / trace(power);
      for (double[] row : power) {
        for (int j = 0; j < row.length; j++) {
          row[j] *= scale;
        }
      }
      // symmetric, so that the product with itself is its Gram matrix
      power = gram(power);
    }
    double[] v = power[0];
    for (double[] row : power) {
      v = dot(row, row) > dot(v, v) ? row : v;
    }
    double square = 0;
    for (double[] row : a) {
      square += dot(row, v) * dot(row, v);
    }
    return Math.sqrt(square / dot(v, v));
  }

  /** AᵀA. */
  private static double[][] gram(double[][] a) {
    int columns = a[0].length;
    double[][] gram = new double[columns][columns];
    for (double[] row : a) {
      for (int i = 0; i < columns; i++) {
        for (int j = 0; j < columns; j++) {
          gram[i][j] += row[i] * row[j];
        }
      }
    }
    return gram;
  }

  private static double trace(double[][] square) {
    double trace = 0;
    for (int i = 0; i < square.length; i++) {
      trace += square[i][i];
    }
    return trace;
  }

  private static double dot(double[] a, double[] b) {
    double dot = 0;
    for (int i = 0; i < a.length; i++) {
      dot += a[i] * b[i];
    }
    return dot;
  }
}
