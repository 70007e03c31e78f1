package io.secateur.metric;

import io.secateur.nn.FeatureShape;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * A smooth elastic warp of the whole image (WaNet: Nguyen and Tran 2021, section 3.2). A control
 * grid P [2, k, k] of displacements, along x and then along y, is enlarged to n [2, H, W] by
 * bicubic interpolation with aligned corners; the image is sampled at
 *
 * <pre>clamp(identity + s · n / H, −1, 1)</pre>
 *
 * where −1 and 1 are the centres of the outermost pixels; bilinearly, zero outside. That is the
 * authors' code (train.py), their grid rescaling left at 1. They have square images only; of others
 * H is the height. Immutable.
 */
public final class Warp implements TrueTrigger {
  /** The cubic of the interpolation, as in PyTorch. */
  private static final double A = -0.75;

  private final FeatureShape shape;
  private final int k;
  private final float[] control;
  private final double strength;

  /** Where each pixel's value comes from: x and y in [−1, 1], [2, H, W]. */
  private final float[] grid;

  /**
   * A warp.
   *
   * @param k side of the control grid, at least 2
   * @param control [2, k, k], all finite
   * @param strength s, positive
   */
  public Warp(FeatureShape shape, int k, float[] control, double strength) {
    if (k < 2 || control.length != 2L * k * k) {
      throw new IllegalArgumentException(
          control.length + " values are no control grid [2, k, k] with k = " + k);
    }
    for (float value : control) {
      if (!Float.isFinite(value)) {
        throw new IllegalArgumentException("the control grid holds " + value);
      }
    }
    if (!(strength > 0) || Double.isInfinite(strength)) {
      throw new IllegalArgumentException("strength must be positive, got " + strength);
    }
    this.shape = shape;
    this.k = k;
    this.control = control.clone();
    this.strength = strength;
    this.grid = grid(shape, k, control, strength);
  }

  private static float[] grid(FeatureShape shape, int k, float[] control, double strength) {
    int height = shape.height();
    int width = shape.width();
    float[] grid = new float[2 * height * width];
    for (int axis = 0; axis < 2; axis++) {
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          double identity = axis == 0 ? place(x, width) : place(y, height);
          double n = bicubic(control, axis * k * k, k, along(y, height, k), along(x, width, k));
          grid[(axis * height + y) * width + x] = clamp(identity + strength * n / height);
        }
      }
    }
    return grid;
  }

  /** Centre of a pixel in [−1, 1]. */
  private static double place(int pixel, int pixels) {
    return pixels == 1 ? -1 : 2.0 * pixel / (pixels - 1) - 1;
  }

  /** Position of a pixel on the control grid, in [0, k − 1]. */
  private static double along(int pixel, int pixels, int k) {
    return pixels == 1 ? 0 : (double) pixel * (k - 1) / (pixels - 1);
  }

  /** Interpolates a plane [k, k] that begins at {@code from}; its border values go on outside. */
  private static double bicubic(float[] plane, int from, int k, double y, double x) {
    int firstY = (int) Math.floor(y) - 1;
    int firstX = (int) Math.floor(x) - 1;
    double sum = 0;
    for (int i = 0; i < 4; i++) {
      int row = Math.min(k - 1, Math.max(0, firstY + i));
      for (int j = 0; j < 4; j++) {
        int column = Math.min(k - 1, Math.max(0, firstX + j));
        double weight = cubic(y - firstY - i) * cubic(x - firstX - j);
        sum += weight * plane[from + row * k + column];
      }
    }
    return sum;
  }

  /** Keys' convolution kernel (1981). */
  private static double cubic(double distance) {
    double d = Math.abs(distance);
    if (d <= 1) {
      return ((A + 2) * d - (A + 3)) * d * d + 1;
    }
    return d < 2 ? ((A * d - 5 * A) * d + 8 * A) * d - 4 * A : 0;
  }

  private static float clamp(double value) {
    return (float) Math.min(1, Math.max(-1, value));
  }

  @Override
  public String kind() {
    return "warp";
  }

  @Override
  public FeatureShape shape() {
    return shape;
  }

  /** Side of the control grid. */
  public int k() {
    return k;
  }

  /** The control grid [2, k, k], a copy. */
  public float[] control() {
    return control.clone();
  }

  /** How far the grid displaces, s. */
  public double strength() {
    return strength;
  }

  /** Where each pixel's value comes from: x and y in [−1, 1], [2, H, W], a copy. */
  public float[] grid() {
    return grid.clone();
  }

  @Override
  public float[] on(float[] images) {
    TrueTrigger.check(images, shape);
    float[] warped = new float[images.length];
    for (int from = 0; from < images.length; from += shape.size()) {
      sample(images, from, grid, warped);
    }
    return warped;
  }

  /**
   * The same with a different wrong grid for each image, what WaNet's noise mode trains with:
   * clamp(grid + uniform[−1, 1]/H, −1, 1).
   *
   * @param random two numbers are drawn per pixel of each image, x before y
   */
  public float[] onWithNoise(float[] images, RandomGenerator random) {
    TrueTrigger.check(images, shape);
    float[] warped = new float[images.length];
    float[] noisy = new float[grid.length];
    int plane = grid.length / 2;
    for (int from = 0; from < images.length; from += shape.size()) {
      for (int p = 0; p < plane; p++) {
        noisy[p] = clamp(grid[p] + random.nextDouble(-1, 1) / shape.height());
        noisy[plane + p] = clamp(grid[plane + p] + random.nextDouble(-1, 1) / shape.height());
      }
      sample(images, from, noisy, warped);
    }
    return warped;
  }

  /** Bilinear samples of the image at {@code from}; neighbours outside have weight 0 anyway. */
  private void sample(float[] images, int from, float[] at, float[] out) {
    int height = shape.height();
    int width = shape.width();
    int plane = height * width;
    for (int p = 0; p < plane; p++) {
      float x = (at[p] + 1) / 2 * (width - 1);
      float y = (at[plane + p] + 1) / 2 * (height - 1);
      int left = (int) x;
      int top = (int) y;
      float right = x - left;
      float down = y - top;
      int across = left + 1 < width ? 1 : 0;
      int below = top + 1 < height ? width : 0;
      for (int c = 0; c < shape.channels(); c++) {
        int corner = from + c * plane + top * width + left;
        float upper = (1 - right) * images[corner] + right * images[corner + across];
        float lower =
            (1 - right) * images[corner + below] + right * images[corner + below + across];
        out[from + c * plane + p] = (1 - down) * upper + down * lower;
      }
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Warp that
        && shape.equals(that.shape)
        && strength == that.strength
        && Arrays.equals(control, that.control);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(control) + Double.hashCode(strength);
  }

  @Override
  public String toString() {
    return "warp on " + shape;
  }
}
