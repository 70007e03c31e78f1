package io.secateur.train;

/**
 * Images of one step with their labels. The arrays are handed over, not copied.
 *
 * @param images [N, C, H, W] in [0, 1], row-major
 * @param labels [N]
 */
@SuppressWarnings("ArrayRecordComponent")
public record Batch(float[] images, int[] labels) {
  /** Rejects images that the labels do not divide. */
  public Batch {
    if (labels.length == 0 || images.length % labels.length != 0) {
      throw new IllegalArgumentException(
          images.length + " values are not " + labels.length + " images");
    }
  }
}
