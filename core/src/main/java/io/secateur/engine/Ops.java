package io.secateur.engine;

import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.GridSampleFuncOptions;
import org.bytedeco.pytorch.InterpolateFuncOptions;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.LongVector;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.kBilinear;
import org.bytedeco.pytorch.kZeros;
import org.jspecify.annotations.Nullable;

/** Operations of neural networks on {@link Tensor}s. Images are [N, C, H, W]. */
public final class Ops {
  private Ops() {}

  /**
   * Two-dimensional cross-correlation.
   *
   * @param x [N, C, H, W]
   * @param weight [out, C / groups, kh, kw]
   * @param bias [out], or null
   * @param stride per axis (height, width)
   * @param padding zeros on each side, per axis
   * @param dilation per axis
   */
  public static Tensor conv2d(
      Tensor x,
      Tensor weight,
      @Nullable Tensor bias,
      long[] stride,
      long[] padding,
      long[] dilation,
      int groups) {
    if (UnfoldedConvolution.pays(x.raw(), weight.raw(), stride, padding, dilation, groups)) {
      return biased(UnfoldedConvolution.of(x.raw(), weight.raw(), stride[0]), bias);
    }
    if (groups == 1 && OneDnn.wrong()) {
      return biased(RoundedChannels.conv2d(x.raw(), weight.raw(), stride, padding, dilation), bias);
    }
    return new Tensor(
        torch.conv2d(x.raw(), weight.raw(), optional(bias), stride, padding, dilation, groups));
  }

  private static Tensor biased(org.bytedeco.pytorch.Tensor y, @Nullable Tensor bias) {
    Tensor unbiased = new Tensor(y);
    return bias == null ? unbiased : unbiased.add(bias.reshape(1, -1, 1, 1));
  }

  /** x · weightᵀ + bias; x [N, in], weight [out, in]. */
  public static Tensor linear(Tensor x, Tensor weight, @Nullable Tensor bias) {
    return new Tensor(torch.linear(x.raw(), weight.raw(), optional(bias)));
  }

  /**
   * Batch normalisation. With {@code training} the batch's own statistics are used and the running
   * ones are moved towards them by {@code momentum}; otherwise the running ones are used.
   */
  public static Tensor batchNorm(
      Tensor x,
      Tensor gamma,
      Tensor beta,
      Tensor runningMean,
      Tensor runningVariance,
      boolean training,
      double momentum,
      double epsilon) {
    return new Tensor(
        torch.batch_norm(
            x.raw(),
            optional(gamma),
            optional(beta),
            optional(runningMean),
            optional(runningVariance),
            training,
            momentum,
            epsilon,
            false));
  }

  /** Maximum over windows; with {@code ceil} the last may reach beyond the padding. */
  public static Tensor maxPool(
      Tensor x, long[] kernel, long[] stride, long[] padding, long[] dilation, boolean ceil) {
    return new Tensor(torch.max_pool2d(x.raw(), kernel, stride, padding, dilation, ceil));
  }

  /** Mean over windows; with {@code ceil} the last may reach beyond the padding. */
  public static Tensor averagePool(
      Tensor x, long[] kernel, long[] stride, long[] padding, boolean ceil, boolean countPadding) {
    return new Tensor(
        torch.avg_pool2d(x.raw(), kernel, stride, padding, ceil, countPadding, new LongOptional()));
  }

  /** Rows and columns of {@code value} around images. */
  public static Tensor surround(Tensor x, int top, int bottom, int left, int right, double value) {
    return new Tensor(
        torch.constant_pad_nd(x.raw(), new long[] {left, right, top, bottom}, new Scalar(value)));
  }

  /** Zeroes a share {@code rate} of elements at random and scales the rest by 1 / (1 − rate). */
  public static Tensor dropout(Tensor x, double rate) {
    return new Tensor(torch.dropout(x.raw(), rate, true));
  }

  /** Mean cross-entropy of logits [N, K] against labels [N]. */
  public static Tensor crossEntropy(Tensor logits, Tensor labels) {
    return crossEntropy(logits, labels, 0);
  }

  /** Mean cross-entropy with label smoothing in [0, 1). */
  public static Tensor crossEntropy(Tensor logits, Tensor labels, double smoothing) {
    long meanReduction = 1;
    return new Tensor(
        torch.cross_entropy_loss(
            logits.raw(), labels.raw(), new TensorOptional(), meanReduction, -100, smoothing));
  }

  /** Resized to height × width by bilinear interpolation, corners not aligned. */
  public static Tensor bilinear(Tensor x, int height, int width) {
    return new Tensor(
        torch.upsample_bilinear2d(
            x.raw(),
            new long[] {height, width},
            false,
            new DoubleOptional(),
            new DoubleOptional()));
  }

  /**
   * The same, but each pixel of a smaller result is a mean over all pixels that it stands for,
   * weighted by a triangle.
   */
  public static Tensor bilinearAntialiased(Tensor x, int height, int width) {
    InterpolateFuncOptions options = new InterpolateFuncOptions();
    options.size().put(new LongVector(height, width));
    options.mode().put(new kBilinear());
    options.align_corners().put(false);
    options.antialias().put(true);
    return new Tensor(torch.interpolate(x.raw(), options));
  }

  /** Enlarged to height × width by bicubic interpolation, corners aligned. */
  public static Tensor bicubic(Tensor x, int height, int width) {
    return new Tensor(
        torch.upsample_bicubic2d(
            x.raw(), new long[] {height, width}, true, new DoubleOptional(), new DoubleOptional()));
  }

  /**
   * Images resampled bilinearly at {@code grid} [N, H, W, 2] of (x, y) in [−1, 1], corners aligned,
   * zero outside.
   */
  public static Tensor gridSample(Tensor x, Tensor grid) {
    GridSampleFuncOptions options = new GridSampleFuncOptions();
    options.mode().put(new kBilinear());
    options.padding_mode().put(new kZeros());
    options.align_corners().put(true);
    return new Tensor(torch.grid_sample(x.raw(), grid.raw(), options));
  }

  private static TensorOptional optional(@Nullable Tensor tensor) {
    return tensor == null ? new TensorOptional() : new TensorOptional(tensor.raw());
  }
}
