package io.secateur.explain;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The two directions along which rows x of features vary most,
 *
 * <pre>C = 1/N Σ (x − x̄)(x − x̄)ᵀ,   C v_k = λ_k v_k,   λ_1 ≥ λ_2</pre>
 *
 * by subspace iteration with a block of vectors (Saad, "Numerical methods for large eigenvalue
 * problems", section 5.2), which needs C times a vector only. A direction's largest entry is
 * positive, so that the same rows always give the same picture.
 *
 * <p>Cost: O(N F) per step; the steps end when the directions no longer turn.
 */
public final class PrincipalComponents {
  private static final int SHOWN = 2;
  private static final int BLOCK = 8;
  private static final int MOST_STEPS = 300;
  private static final double STILL = 1e-13;
  private static final int SWEEPS = 4;

  private final double[] mean;
  private final double[][] directions;
  private final double totalVariance;

  private PrincipalComponents(double[] mean, double[][] directions, double totalVariance) {
    this.mean = mean;
    this.directions = directions;
    this.totalVariance = totalVariance;
  }

  /**
   * The components of {@code rows}.
   *
   * @param rows [N][F], at least one row, all of one length of at least 1
   */
  public static PrincipalComponents of(float[][] rows) {
    int width = rows[0].length;
    double[] mean = new double[width];
    for (float[] row : rows) {
      for (int f = 0; f < width; f++) {
        mean[f] += row[f] / (double) rows.length;
      }
    }
    double[][] centred = new double[rows.length][width];
    double variance = 0;
    for (int i = 0; i < rows.length; i++) {
      for (int f = 0; f < width; f++) {
        centred[i][f] = rows[i][f] - mean[f];
        variance += centred[i][f] * centred[i][f] / rows.length;
      }
    }
    double[][] block = start(Math.min(BLOCK, width), width);
    double before = 0;
    for (int step = 0; step < MOST_STEPS; step++) {
      double[][] product = covarianceTimes(centred, block);
      double caught = rotate(block, product);
      if (step > 0 && Math.abs(caught - before) <= STILL * caught) {
        break;
      }
      before = caught;
      block = product;
      orthonormalise(block);
    }
    double[][] directions = new double[SHOWN][width];
    for (int k = 0; k < Math.min(SHOWN, block.length); k++) {
      directions[k] = variance == 0 ? new double[width] : positive(block[k]);
    }
    return new PrincipalComponents(mean, directions, variance);
  }

  /** Coordinates [N][2] of rows in the plane of the two components. */
  public double[][] project(float[][] rows) {
    double[][] points = new double[rows.length][SHOWN];
    for (int i = 0; i < rows.length; i++) {
      for (int k = 0; k < SHOWN; k++) {
        for (int f = 0; f < mean.length; f++) {
          points[i][k] += (rows[i][f] - mean[f]) * directions[k][f];
        }
      }
    }
    return points;
  }

  /** Share of the variance of {@code rows}, those it was made from, that the plane shows. */
  public double share(float[][] rows) {
    if (totalVariance == 0) {
      return 0;
    }
    double shown = 0;
    for (double[] point : project(rows)) {
      shown += dot(point, point) / rows.length;
    }
    return Math.min(1, shown / totalVariance);
  }

  /**
   * Rayleigh-Ritz: turns {@code block} Q and its {@code product} CQ so that QᵀCQ is diagonal,
   * largest first, by Jacobi's rotations.
   *
   * @return the sum of the variances along the components shown
   */
  private static double rotate(double[][] block, double[][] product) {
    int n = block.length;
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
      for (int p = 0; p < n; p++) {
        for (int q = p + 1; q < n; q++) {
          double off = dot(block[p], product[q]);
          double difference = dot(block[p], product[p]) - dot(block[q], product[q]);
          double angle = 0.5 * Math.atan2(2 * off, difference);
          turn(block, p, q, angle);
          turn(product, p, q, angle);
        }
      }
    }
    double caught = 0;
    for (int k = 0; k < Math.min(SHOWN, n); k++) {
      caught += dot(block[k], product[k]);
    }
    return caught;
  }

  private static void turn(double[][] vectors, int p, int q, double angle) {
    double cosine = Math.cos(angle);
    double sine = Math.sin(angle);
    for (int f = 0; f < vectors[p].length; f++) {
      double first = vectors[p][f];
      double second = vectors[q][f];
      vectors[p][f] = cosine * first + sine * second;
      vectors[q][f] = cosine * second - sine * first;
    }
  }

  private static double[][] start(int count, int width) {
    SplittableRandom random = new SplittableRandom(1);
    double[][] block = new double[count][width];
    for (double[] vector : block) {
      Arrays.setAll(vector, f -> random.nextDouble() - 0.5);
    }
    orthonormalise(block);
    return block;
  }

  /** Gram-Schmidt, twice for the sake of rounding; what depends on those before becomes 0. */
  private static void orthonormalise(double[][] block) {
    for (int k = 0; k < block.length; k++) {
      double length = Math.sqrt(dot(block[k], block[k]));
      for (int pass = 0; pass < 2; pass++) {
        for (int j = 0; j < k; j++) {
          double along = dot(block[k], block[j]);
          for (int f = 0; f < block[k].length; f++) {
            block[k][f] -= along * block[j][f];
          }
        }
      }
      double left = Math.sqrt(dot(block[k], block[k]));
      double scale = left > 1e-12 * length ? 1 / left : 0;
      for (int f = 0; f < block[k].length; f++) {
        block[k][f] *= scale;
      }
    }
  }

  private static double[][] covarianceTimes(double[][] centred, double[][] block) {
    double[][] product = new double[block.length][block[0].length];
    for (double[] row : centred) {
      for (int k = 0; k < block.length; k++) {
        double along = dot(row, block[k]) / centred.length;
        for (int f = 0; f < row.length; f++) {
          product[k][f] += along * row[f];
        }
      }
    }
    return product;
  }

  private static double[] positive(double[] vector) {
    double largest = 0;
    for (double value : vector) {
      largest = Math.abs(value) > Math.abs(largest) ? value : largest;
    }
    double sign = largest < 0 ? -1 : 1;
    return Arrays.stream(vector).map(value -> sign * value).toArray();
  }

  private static double dot(double[] a, double[] b) {
    double dot = 0;
    for (int i = 0; i < a.length; i++) {
      dot += a[i] * b[i];
    }
    return dot;
  }
}
