package io.secateur.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.secateur.nn.ArchitectureBuilder;
import io.secateur.nn.Channel;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Layer;
import io.secateur.nn.Network;
import io.secateur.nn.RandomNetworks;
import io.secateur.nn.Window;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LipschitzBoundTest {
  @ParameterizedTest
  @CsvSource({"1, 9", "9, 1", "3, 9", "64, 9", "16, 25", "5, 4"})
  void the_largest_singular_value_agrees_with_jacobi_rotations(int rows, int columns) {
    Random random = new Random(31L * rows + columns);
    for (int repeat = 0; repeat < 20; repeat++) {
      double[][] a = new double[rows][columns];
      for (double[] row : a) {
        for (int j = 0; j < columns; j++) {
          row[j] = random.nextGaussian();
        }
      }
      double expected = jacobi(a);

      assertThat(LipschitzBound.largestSingularValue(a))
          .isCloseTo(expected, within(1e-4 * expected));
    }
  }

  @Test
  void known_matrices_have_their_known_singular_values() {
    assertThat(singular(new double[][] {{3, 0}, {0, -4}})).isCloseTo(4, within(1e-9));
    assertThat(singular(new double[][] {{1, 2, 2}})).isCloseTo(3, within(1e-9));
    // rank one: |u| |v|
    assertThat(singular(new double[][] {{2, 4}, {1, 2}, {-2, -4}}))
        .isCloseTo(3 * Math.sqrt(5), within(1e-9));
    assertThat(singular(new double[2][3])).isZero();
  }

  @Test
  void edge_detectors_are_not_overlooked() {
    // a Laplacian and a second difference: orthogonal to every linear ramp
    assertThat(singular(new double[][] {{0, 1, 0, 1, -4, 1, 0, 1, 0}}))
        .isCloseTo(Math.sqrt(20), within(1e-6));
    assertThat(singular(new double[][] {{1, -2, 1}})).isCloseTo(Math.sqrt(6), within(1e-6));
    assertThat(singular(new double[][] {{-1, 0, 1, -2, 0, 2, -1, 0, 1}}))
        .isCloseTo(Math.sqrt(12), within(1e-6));
  }

  @Test
  void the_batch_norm_behind_the_convolution_scales_the_bound() {
    var net = new ArchitectureBuilder("grouped", new FeatureShape(4, 6, 6));
    String x =
        net.add(
            "conv", new Layer.Conv2d(4, 6, new Window(3, 2, 1, 1, 0, 0, 1, 1), 2, false), "input");
    x = net.relu("relu", net.batchNorm("norm", x));
    x = net.conv("bare", x, 3, 1, 1, 0, false);
    net.linear("fc", net.add("flat", new Layer.Flatten(), x), 2);
    Network network = RandomNetworks.of(net.build(), 5);
    float[] kernels = network.weights().get("conv.weight").floats();
    for (int filter = 0; filter < 6; filter++) {
      double[][] a = new double[2][6];
      for (int i = 0; i < 12; i++) {
        a[i / 6][i % 6] = kernels[12 * filter + i];
      }
      double gamma = network.weights().get("norm.weight").at(filter);
      double variance = network.weights().get("norm.running_var").at(filter);
      double expected = jacobi(a) * Math.abs(gamma) / Math.sqrt(variance + 1e-5);

      assertThat(LipschitzBound.of(network, new Channel("conv", filter)))
          .isCloseTo(expected, within(1e-4 * expected));
    }
    float[] bare = network.weights().get("bare.weight").floats();
    double length = 0;
    for (int i = 0; i < 6; i++) {
      length = Math.hypot(length, bare[6 + i]);
    }
    assertThat(LipschitzBound.of(network, new Channel("bare", 1))).isCloseTo(length, within(1e-6));
  }

  private static double singular(double[][] a) {
    return LipschitzBound.largestSingularValue(a);
  }

  /** One-sided Jacobi: columns are rotated in pairs until all are orthogonal. */
  private static double jacobi(double[][] matrix) {
    int columns = matrix[0].length;
    double[][] a = new double[matrix.length][];
    for (int i = 0; i < a.length; i++) {
      a[i] = matrix[i].clone();
    }
    for (int sweep = 0; sweep < 30; sweep++) {
      for (int p = 0; p < columns; p++) {
        for (int q = p + 1; q < columns; q++) {
          double pp = 0;
          double qq = 0;
          double pq = 0;
          for (double[] row : a) {
            pp += row[p] * row[p];
            qq += row[q] * row[q];
            pq += row[p] * row[q];
          }
          if (Math.abs(pq) > 1e-15) {
            double angle = 0.5 * Math.atan2(2 * pq, pp - qq);
            double cos = Math.cos(angle);
            double sin = Math.sin(angle);
            for (double[] row : a) {
              double old = row[p];
              row[p] = cos * old + sin * row[q];
              row[q] = -sin * old + cos * row[q];
            }
          }
        }
      }
    }
    double largest = 0;
    for (int j = 0; j < columns; j++) {
      double length = 0;
      for (double[] row : a) {
        length = Math.hypot(length, row[j]);
      }
      largest = Math.max(largest, length);
    }
    return largest;
  }
}
