package io.secateur.nn;

/**
 * Kernel extent, stride, zero padding and dilation of a convolution or pooling, per axis (height,
 * width), in pixels.
 */
public record Window(
    int kernelHeight,
    int kernelWidth,
    int strideHeight,
    int strideWidth,
    int paddingHeight,
    int paddingWidth,
    int dilationHeight,
    int dilationWidth) {

  /** Rejects empty kernels, strides and dilations and negative padding. */
  public Window {
    if (kernelHeight < 1 || kernelWidth < 1 || strideHeight < 1 || strideWidth < 1) {
      throw new IllegalArgumentException("kernel and stride must be at least 1");
    }
    if (paddingHeight < 0 || paddingWidth < 0 || dilationHeight < 1 || dilationWidth < 1) {
      throw new IllegalArgumentException("padding must not be negative, dilation at least 1");
    }
  }

  /** A square window without dilation. */
  public static Window square(int kernel, int stride, int padding) {
    return new Window(kernel, kernel, stride, stride, padding, padding, 1, 1);
  }

  /** Output height for an input of {@code height} rows: floor((h + 2p - d(k-1) - 1) / s) + 1. */
  public int outputHeight(int height) {
    return outputHeight(height, false);
  }

  /**
   * The same, or with {@code ceil} rounded up, unless the last window would begin in or behind the
   * padding below.
   */
  public int outputHeight(int height, boolean ceil) {
    return output(height, kernelHeight, strideHeight, paddingHeight, dilationHeight, ceil);
  }

  /** Output width for an input of {@code width} columns. */
  public int outputWidth(int width) {
    return outputWidth(width, false);
  }

  /** As {@link #outputHeight(int, boolean)}. */
  public int outputWidth(int width, boolean ceil) {
    return output(width, kernelWidth, strideWidth, paddingWidth, dilationWidth, ceil);
  }

  private static int output(
      int size, int kernel, int stride, int padding, int dilation, boolean ceil) {
    long span = size + 2L * padding - (long) dilation * (kernel - 1) - 1;
    long steps = Math.floorDiv(span, (long) stride);
    if (ceil && span % stride != 0 && (steps + 1) * stride < (long) size + padding) {
      steps++;
    }
    return Math.toIntExact(steps + 1);
  }
}
