package io.secateur.nn;

/**
 * Shape of one image's activation: channels × height × width. A flat vector of n features is n × 1
 * × 1.
 *
 * @param channels number of channels, at least 1
 * @param height rows, at least 1
 * @param width columns, at least 1
 */
public record FeatureShape(int channels, int height, int width) {
  /** Rejects empty shapes. */
  public FeatureShape {
    if (channels < 1 || height < 1 || width < 1) {
      throw new IllegalArgumentException("empty shape " + channels + "x" + height + "x" + width);
    }
  }

  /** Number of values. */
  public int size() {
    return Math.multiplyExact(Math.multiplyExact(channels, height), width);
  }

  /** Extents [N, C, H, W] of a tensor of {@code count} of them. */
  public long[] batch(int count) {
    return new long[] {count, channels, height, width};
  }

  @Override
  public String toString() {
    return channels + "x" + height + "x" + width;
  }
}
