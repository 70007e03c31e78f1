package io.secateur.data;

import io.secateur.nn.FeatureShape;
import java.util.random.RandomGenerator;

/**
 * The usual augmentation of small images: a random crop of the image inside a black border, then a
 * mirror image half of the time.
 *
 * @param padding width of the border in pixels, 0 for no crop
 * @param flip whether images are mirrored left to right with probability ½
 */
public record Augmentation(int padding, boolean flip) {
  /** Leaves images as they are. */
  public static final Augmentation NONE = new Augmentation(0, false);

  /** Border of 4 and flip, customary for CIFAR-10. */
  public static final Augmentation CROP_AND_FLIP = new Augmentation(4, true);

  /** Rejects a negative border. */
  public Augmentation {
    if (padding < 0) {
      throw new IllegalArgumentException("padding must be at least 0, got " + padding);
    }
  }

  /**
   * Augments each image by itself. Three numbers are drawn per image whatever the settings: row
   * offset, column offset, flip.
   *
   * @param images [N, C, H, W], values before normalisation, so that 0 is black; not changed
   * @return a new array of the same shape
   */
  public float[] apply(float[] images, FeatureShape shape, RandomGenerator random) {
    int stride = shape.size();
    if (images.length % stride != 0) {
      throw new IllegalArgumentException(
          images.length + " values are no whole number of images " + shape);
    }
    float[] augmented = new float[images.length];
    for (int from = 0; from < images.length; from += stride) {
      int down = random.nextInt(2 * padding + 1) - padding;
      int right = random.nextInt(2 * padding + 1) - padding;
      boolean mirror = random.nextBoolean() && flip;
      for (int c = 0; c < shape.channels(); c++) {
        shift(
            images,
            augmented,
            from + c * shape.height() * shape.width(),
            shape,
            down,
            right,
            mirror);
      }
    }
    return augmented;
  }

  /** out[y, x] = in[y + down, x + right], 0 outside, then mirrored. */
  private static void shift(
      float[] in, float[] out, int plane, FeatureShape shape, int down, int right, boolean mirror) {
    int width = shape.width();
    int firstX = Math.max(0, -right);
    int lastX = Math.min(width, width - right);
    for (int y = Math.max(0, -down); y < Math.min(shape.height(), shape.height() - down); y++) {
      int source = plane + (y + down) * width + right;
      int target = plane + y * width;
      for (int x = firstX; x < lastX; x++) {
        out[target + (mirror ? width - 1 - x : x)] = in[source + x];
      }
    }
  }
}
