package io.secateur.data;

import io.secateur.nn.FeatureShape;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * The usual augmentation of small images, in this order: a random crop of the image inside a black
 * border, a turn about its centre, a mirror image half of the time.
 *
 * @param padding width of the border in pixels, 0 for no crop
 * @param cropShare probability in (0, 1] that an image is cropped
 * @param degrees images are turned by an angle drawn uniformly from −degrees to degrees, in [0,
 *     180]; values between pixels are bilinear, black comes in from outside; 0 for no turn
 * @param turnShare probability in (0, 1] that an image is turned
 * @param flip whether images are mirrored left to right with probability ½
 */
public record Augmentation(
    int padding, double cropShare, double degrees, double turnShare, boolean flip) {
  /** Leaves images as they are. */
  public static final Augmentation NONE = new Augmentation(0, false);

  /** Border of 4 and flip, customary for CIFAR-10. */
  public static final Augmentation CROP_AND_FLIP = new Augmentation(4, true);

  /** Rejects a negative border and angles and probabilities out of range. */
  public Augmentation {
    if (padding < 0) {
      throw new IllegalArgumentException("padding must be at least 0, got " + padding);
    }
    if (!(degrees >= 0 && degrees <= 180)) {
      throw new IllegalArgumentException("degrees must be in [0, 180], got " + degrees);
    }
    requireShare("cropShare", cropShare);
    requireShare("turnShare", turnShare);
  }

  /** Crops every image and turns none. */
  public Augmentation(int padding, boolean flip) {
    this(padding, 1, 0, 1, flip);
  }

  private static void requireShare(String name, double value) {
    if (!(value > 0 && value <= 1)) {
      throw new IllegalArgumentException(name + " must be in (0, 1], got " + value);
    }
  }

  /** The same with images turned, each with probability {@code share}. */
  public Augmentation turning(double otherDegrees, double share) {
    return new Augmentation(padding, cropShare, otherDegrees, share, flip);
  }

  /** The same with images cropped with probability {@code share} only. */
  public Augmentation cropping(double share) {
    return new Augmentation(padding, share, degrees, turnShare, flip);
  }

  /**
   * Augments each image by itself. What is drawn per image depends on the settings alone: row
   * offset, column offset, (whether to crop, if that is not certain), flip, (angle and whether to
   * turn, if any are turned).
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
    float[] cropped = new float[degrees > 0 ? stride : 0];
    for (int from = 0; from < images.length; from += stride) {
      int down = random.nextInt(2 * padding + 1) - padding;
      int right = random.nextInt(2 * padding + 1) - padding;
      if (cropShare < 1 && random.nextDouble() >= cropShare) {
        down = 0;
        right = 0;
      }
      boolean mirror = random.nextBoolean() && flip;
      double angle = degrees > 0 ? Math.toRadians(random.nextDouble(-degrees, degrees)) : 0;
      if (degrees > 0 && random.nextDouble() < turnShare) {
        Arrays.fill(cropped, 0);
        shift(images, from, cropped, 0, shape, down, right, false);
        turn(cropped, augmented, from, shape, angle, mirror);
      } else {
        shift(images, from, augmented, from, shape, down, right, mirror);
      }
    }
    return augmented;
  }

  /** out[y, x] = in[y + down, x + right], 0 outside, then mirrored; images begin at the offsets. */
  private static void shift(
      float[] in,
      int inFrom,
      float[] out,
      int outFrom,
      FeatureShape shape,
      int down,
      int right,
      boolean mirror) {
    int width = shape.width();
    int plane = shape.height() * width;
    int firstX = Math.max(0, -right);
    int lastX = Math.min(width, width - right);
    for (int c = 0; c < shape.channels(); c++) {
      for (int y = Math.max(0, -down); y < Math.min(shape.height(), shape.height() - down); y++) {
        int source = inFrom + c * plane + (y + down) * width + right;
        int target = outFrom + c * plane + y * width;
        for (int x = firstX; x < lastX; x++) {
          out[target + (mirror ? width - 1 - x : x)] = in[source + x];
        }
      }
    }
  }

  /**
   * Turns the one image {@code in} about its centre, anticlockwise for positive angles, into the
   * image of {@code out} that begins at {@code from}, then mirrors it.
   */
  private static void turn(
      float[] in, float[] out, int from, FeatureShape shape, double angle, boolean mirror) {
    int height = shape.height();
    int width = shape.width();
    int plane = height * width;
    float cos = (float) Math.cos(angle);
    float sin = (float) Math.sin(angle);
    float centreX = (width - 1) / 2f;
    float centreY = (height - 1) / 2f;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        float sourceX = centreX + cos * (x - centreX) - sin * (y - centreY);
        float sourceY = centreY + sin * (x - centreX) + cos * (y - centreY);
        int left = (int) Math.floor(sourceX);
        int top = (int) Math.floor(sourceY);
        float toRight = sourceX - left;
        float toBottom = sourceY - top;
        // Weights of the four neighbours; those outside are black.
        float inLeft = left >= 0 && left < width ? 1 - toRight : 0;
        float inRight = left >= -1 && left < width - 1 ? toRight : 0;
        float inTop = top >= 0 && top < height ? 1 - toBottom : 0;
        float inBottom = top >= -1 && top < height - 1 ? toBottom : 0;
        int column = Math.max(0, Math.min(width - 1, left));
        int nextColumn = Math.max(0, Math.min(width - 1, left + 1));
        int row = width * Math.max(0, Math.min(height - 1, top));
        int nextRow = width * Math.max(0, Math.min(height - 1, top + 1));
        int target = from + y * width + (mirror ? width - 1 - x : x);
        for (int c = 0; c < shape.channels(); c++) {
          int at = c * plane;
          out[target + at] =
              inTop * (inLeft * in[at + row + column] + inRight * in[at + row + nextColumn])
                  + inBottom
                      * (inLeft * in[at + nextRow + column]
                          + inRight * in[at + nextRow + nextColumn]);
        }
      }
    }
  }
}
