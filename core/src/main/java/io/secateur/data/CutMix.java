package io.secateur.data;

import java.util.SplittableRandom;

/**
 * Copies of images in each of which a square of another image covers a part. Of images that a
 * network was trained on it may be sure even when much of what it knows is gone; of such copies it
 * is less so.
 *
 * <p>Source: Yun et al., "CutMix", ICCV 2019. Differs from the paper in: squares of one size, small
 * enough for the covered image's label to stay the right one; the copies are not trained on.
 */
public final class CutMix {
  /** Share of the image that the square covers, as far as a square can. */
  private static final double COVERED = 0.1;

  private CutMix() {}

  /**
   * So many copies of every image, image by image. A single image is covered by itself.
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
    byte[] pixels = ImageSet.room(images.name(), (long) images.size() * copies, images.shape());
    int[] labels = new int[images.size() * copies];
    for (int copy = 0; copy < labels.length; copy++) {
      int image = copy / copies;
      labels[copy] = images.label(image);
      byte[] mixed = images.pixels(image);
      cover(mixed, images.pixels(other(image, images.size(), random)), images, random);
      System.arraycopy(mixed, 0, pixels, copy * stride, stride);
    }
    return new ImageSet(
        images.name() + "/mixed", images.shape(), images.classNames(), labels, pixels);
  }

  private static int other(int image, int count, SplittableRandom random) {
    return count == 1 ? image : (image + 1 + random.nextInt(count - 1)) % count;
  }

  /** Puts a square of {@code other} where it is onto {@code mixed}. */
  private static void cover(byte[] mixed, byte[] other, ImageSet images, SplittableRandom random) {
    int height = images.shape().height();
    int width = images.shape().width();
    long wanted = Math.round(Math.sqrt(COVERED * height * width));
    int side = (int) Math.max(1, Math.min(wanted, Math.min(height, width)));
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
