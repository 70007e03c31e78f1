package io.secateur.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrincipalComponentsTest {

  @ParameterizedTest
  @CsvSource({"40, 6", "7, 30", "100, 2", "60, 12"})
  void the_plane_is_that_of_the_two_largest_eigenvalues(int count, int width) {
    float[][] rows = rows(count, width, 3);

    PrincipalComponents components = PrincipalComponents.of(rows);

    double[][] covariance = covariance(rows);
    double[][] vectors = eigenvectors(covariance);
    double[][] points = components.project(rows);
    for (int k = 0; k < 2; k++) {
      // each coordinate is the naive projection, up to a direction's sign
      double sign = Math.signum(points[0][k] * naive(rows, vectors[k], 0));
      for (int i = 0; i < count; i++) {
        assertThat(points[i][k]).isCloseTo(sign * naive(rows, vectors[k], i), within(1e-5));
      }
    }
    double total = 0;
    for (int f = 0; f < width; f++) {
      total += covariance[f][f];
    }
    double shown = variance(covariance, vectors[0]) + variance(covariance, vectors[1]);
    assertThat(components.share(rows)).isCloseTo(shown / total, within(1e-6));
  }

  @Test
  void points_on_a_line_need_one_component() {
    float[][] rows = {{1, 2, 0}, {2, 4, 0}, {3, 6, 0}, {4, 8, 0}};

    PrincipalComponents components = PrincipalComponents.of(rows);

    double[][] points = components.project(rows);
    assertThat(components.share(rows)).isCloseTo(1, within(1e-9));
    assertThat(points[3][0] - points[0][0]).isCloseTo(Math.sqrt(9 + 36), within(1e-6));
    for (double[] point : points) {
      assertThat(point[1]).isCloseTo(0, within(1e-6));
    }
  }

  @Test
  void rows_that_do_not_differ_stay_in_one_place() {
    float[][] rows = {{1, 2}, {1, 2}, {1, 2}};

    PrincipalComponents components = PrincipalComponents.of(rows);

    assertThat(components.share(rows)).isZero();
    assertThat(components.project(rows)).isDeepEqualTo(new double[3][2]);
    assertThat(PrincipalComponents.of(new float[][] {{5}}).project(new float[][] {{7}}))
        .isDeepEqualTo(new double[1][2]);
  }

  private static float[][] rows(int count, int width, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[][] rows = new float[count][width];
    for (float[] row : rows) {
      double common = random.nextDouble() - 0.5;
      for (int f = 0; f < width; f++) {
        row[f] = (float) (5 + common * (f % 3) + (random.nextDouble() - 0.5) * (1 + f) / width);
      }
    }
    return rows;
  }

  private static double[] mean(float[][] rows) {
    double[] mean = new double[rows[0].length];
    for (float[] row : rows) {
      for (int f = 0; f < mean.length; f++) {
        mean[f] += row[f] / (double) rows.length;
      }
    }
    return mean;
  }

  private static double[][] covariance(float[][] rows) {
    double[] mean = mean(rows);
    double[][] covariance = new double[mean.length][mean.length];
    for (float[] row : rows) {
      for (int a = 0; a < mean.length; a++) {
        for (int b = 0; b < mean.length; b++) {
          covariance[a][b] += (row[a] - mean[a]) * (row[b] - mean[b]) / rows.length;
        }
      }
    }
    return covariance;
  }

  /** The two largest by power iteration with deflation, long enough to be exact. */
  private static double[][] eigenvectors(double[][] covariance) {
    int width = covariance.length;
    double[][] left = new double[width][];
    for (int a = 0; a < width; a++) {
      left[a] = covariance[a].clone();
    }
    double[][] vectors = new double[2][width];
    for (int k = 0; k < 2; k++) {
      double[] v = new double[width];
      for (int f = 0; f < width; f++) {
        v[f] = 1 + f * 0.1 * (f % 2 == 0 ? 1 : -1);
      }
      for (int step = 0; step < 20_000; step++) {
        double[] next = new double[width];
        double length = 0;
        for (int a = 0; a < width; a++) {
          for (int b = 0; b < width; b++) {
            next[a] += left[a][b] * v[b];
          }
          length += next[a] * next[a];
        }
        for (int a = 0; a < width; a++) {
          v[a] = next[a] / Math.sqrt(length);
        }
      }
      double value = variance(covariance, v);
      for (int a = 0; a < width; a++) {
        for (int b = 0; b < width; b++) {
          left[a][b] -= value * v[a] * v[b];
        }
      }
      vectors[k] = v;
    }
    return vectors;
  }

  private static double variance(double[][] covariance, double[] v) {
    double sum = 0;
    for (int a = 0; a < v.length; a++) {
      for (int b = 0; b < v.length; b++) {
        sum += v[a] * covariance[a][b] * v[b];
      }
    }
    return sum;
  }

  private static double naive(float[][] rows, double[] vector, int i) {
    double[] mean = mean(rows);
    double sum = 0;
    for (int f = 0; f < mean.length; f++) {
      sum += (rows[i][f] - mean[f]) * vector[f];
    }
    return sum;
  }
}
