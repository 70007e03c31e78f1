package io.secateur.data;

import java.util.SplittableRandom;

/**
 * Copies of images in each of which a square of another image covers a part. A network that has
 * learnt images by heart is right about them even when much of what it knows is gone; about such
 * copies it errs about as often as about images that it has not seen.
 *
 * <p>Source: Yun et al., "CutMix", ICCV 2019. Differs from the paper in: squares of one size, small
 * enough for the covered image's label to stay the right one; the copies are not trained on.
 */
public final class CutMix {
  /** Side of the square over the shorter side of the image: it covers a tenth of it. */
  private static final double SIDE = 0.31;

  private CutMix() {}

  /**
   * So many copies of every image, image by image.
   *
   * @param images at least one
   * @param copies of each, at least 1
   */
  public static ImageSet copies(ImageSet images, int copies, long seed) {
    if (copies < 1 || images.size() == 0) {
      throw new IllegalArgumentException(
          "needs images and at least one copy, got " + images.size() + " and " + copies);
    }
    SplittableRandom random = new SplittableRandom(seed);
    int stride = images.shape().size();
    int[] labels = new int[Math.multiplyExact(images.size(), copies)];
    byte[] pixels = ImageSet.room(images.name(), labels.length, images.shape());
    for (int copy = 0; copy < labels.length; copy++) {
      int image = copy / copies;
      labels[copy] = images.label(image);
      byte[] mixed = images.pixels(image);
      cover(mixed, images.pixels(random.nextInt(images.size())), images, random);
      System.arraycopy(mixed, 0, pixels, copy * stride, stride);
    }
    return new ImageSet(
        images.name() + "/mixed", images.shape(), images.classNames(), labels, pixels);
  }

  /** Puts a square of {@code other} where it is onto {@code mixed}. */
  private static void cover(byte[] mixed, byte[] other, ImageSet images, SplittableRandom random) {
    int height = images.shape().height();
    int width = images.shape().width();
    int side = (int) Math.max(1, Math.round(SIDE * Math.min(height, width)));
    int top = random.nextInt(height - side + 1);
    int left = random.nextInt(width - side + 1);
    for (int channel = 0; channel < images.shape().channels(); channel++) {
      for (int row = top; row < top + side; row++) {
        int at = (channel * height + row) * width + left;
        System.arraycopy(other, at, mixed, at, side);
      }
    }
  }
}
