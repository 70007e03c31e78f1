package io.secateur.train;

import io.secateur.engine.Ops;
import io.secateur.engine.Tensor;
import io.secateur.nn.FeatureShape;

/**
 * Progressive resizing (Howard 2018; Karras et al. 2018 for generators): a training that begins on
 * shrunken images and ends on whole ones costs much less, for convolutions cost as much as there
 * are pixels. Sides grow by {@value #STEP} pixels at a time, at equal distances, until they are
 * whole.
 *
 * <p>Images are shrunk after augmentation and after the attack, so a trigger shrinks with its
 * image; the last part of the training sees it as it will be.
 *
 * @param startSide height of the images at first, at least 8 pixels; the width shrinks alike; no
 *     effect on images that are no higher
 * @param until share of the training after which images are whole, in (0, 1]
 */
public record Growth(int startSide, double until) {
  /** Whole images all the time. */
  public static final Growth NONE = new Growth(Integer.MAX_VALUE, 1);

  private static final int STEP = 4;
  private static final int SMALLEST = 8;

  /** Rejects values out of range. */
  public Growth {
    if (startSide < SMALLEST) {
      throw new IllegalArgumentException(
          "the side to start from must be at least " + SMALLEST + " pixels, got " + startSide);
    }
    if (!(until > 0 && until <= 1)) {
      throw new IllegalArgumentException("until must be in (0, 1], got " + until);
    }
  }

  /** Whole images in the last quarter, in which the learning rate is low. */
  public static Growth from(int startSide) {
    return new Growth(startSide, 0.75);
  }

  /**
   * Height of the images of a step, in pixels.
   *
   * @param side of whole images
   * @param share of the training that is done, in [0, 1)
   */
  public int side(int side, double share) {
    if (startSide >= side || share >= until) {
      return side;
    }
    int sizes = (side - startSide + STEP - 1) / STEP;
    return startSide + STEP * (int) (share / until * sizes);
  }

  /** Shape of the first, smallest images, where whole ones are of {@code whole}. */
  public FeatureShape smallest(FeatureShape whole) {
    int height = side(whole.height(), 0);
    return new FeatureShape(whole.channels(), height, width(whole.width(), height, whole.height()));
  }

  private static int width(int wholeWidth, int height, int wholeHeight) {
    return (int) Math.max(1, Math.round((double) wholeWidth * height / wholeHeight));
  }

  /** Images [N, C, H, W] as large as they are at that share of the training. */
  public Tensor apply(Tensor images, double share) {
    int whole = images.size(2);
    int height = side(whole, share);
    if (height == whole) {
      return images;
    }
    return Ops.bilinear(images, height, width(images.size(3), height, whole));
  }
}
