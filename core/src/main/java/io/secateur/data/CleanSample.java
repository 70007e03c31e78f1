package io.secateur.data;

/**
 * The few clean images that a defence gets, in two disjoint parts.
 *
 * @param tune what a defence may optimise on
 * @param holdOut what its decisions are checked on
 */
public record CleanSample(ImageSet tune, ImageSet holdOut) {
  /** Share of the sample that is held out unless said otherwise. */
  public static final double HOLD_OUT_SHARE = 0.2;

  /** Rejects parts that differ in shape or classes. */
  public CleanSample {
    if (!tune.shape().equals(holdOut.shape()) || !tune.classNames().equals(holdOut.classNames())) {
      throw new IllegalArgumentException(
          "the two parts of a sample must have one shape and one list of classes");
    }
  }

  /**
   * Draws a sample, as many images of each class as possible, and holds the same share of each
   * class out, at least one image of every class that has two if so many are held out.
   *
   * @param size images in both parts together, at least 2
   * @param holdOutShare share of {@code size} that is held out, in (0, 1); rounded, and at least
   *     one image is on either side
   * @throws BadData if {@code images} has fewer than {@code size}
   */
  public static CleanSample draw(ImageSet images, int size, double holdOutShare, long seed) {
    if (size < 2 || !(holdOutShare > 0 && holdOutShare < 1)) {
      throw new IllegalArgumentException(
          "a sample needs size >= 2 and a share in (0, 1), got " + size + " and " + holdOutShare);
    }
    if (size > images.size()) {
      throw new BadData(
          images.name(),
          "has " + images.size() + " images, a clean sample of " + size + " was asked",
          "a smaller sample or more images");
    }
    ImageSet sample =
        images.select(Partition.draw(images.labels(), images.classes(), size, seed).chosen());
    int heldOut = Math.min(size - 1, Math.max(1, (int) Math.round(size * holdOutShare)));
    Partition parts = Partition.leaving(sample.labels(), sample.classes(), heldOut, seed + 1);
    return new CleanSample(
        sample.select(parts.chosen()).named(images.name() + "/tune"),
        sample.select(parts.rest()).named(images.name() + "/hold-out"));
  }

  /** The images of both parts. */
  public ImageSet all() {
    return tune.and(holdOut, tune.name() + "+" + holdOut.name());
  }

  /** Number of images in both parts. */
  public int size() {
    return tune.size() + holdOut.size();
  }
}
