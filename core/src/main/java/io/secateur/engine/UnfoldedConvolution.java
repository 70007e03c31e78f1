package io.secateur.engine;

import java.util.Arrays;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRef;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * A convolution as one matrix product: each output's window is laid out as a row ("im2col"), the
 * rows are multiplied with the kernel. Many channels on few places are where the engine's own
 * convolution is slowest, most of all in bfloat16 and for the gradient of the kernel.
 *
 * <p>A row is put together from shifted copies of the input, one per place of the kernel, because
 * the gradient of a shift is a shift: each is one pass over the input. With stride s the input is
 * first split into its s × s phases, so that every copy is a plain shift there too.
 */
final class UnfoldedConvolution {
  private static final int MOST_PLACES = 16;
  private static final int LEAST_FILTERS = 512;
  private static final int LEAST_CHANNELS = 256;

  private UnfoldedConvolution() {}

  /** Whether this is the faster way: as measured, and only for the windows written down here. */
  static boolean pays(
      Tensor x, Tensor weight, long[] stride, long[] padding, long[] dilation, int groups) {
    long height = x.size(2);
    long width = x.size(3);
    long s = stride[0];
    return groups == 1
        && weight.size(0) >= LEAST_FILTERS
        && weight.size(1) >= LEAST_CHANNELS
        && weight.size(2) == 3
        && weight.size(3) == 3
        && stride[1] == s
        && Arrays.equals(padding, new long[] {1, 1})
        && Arrays.equals(dilation, new long[] {1, 1})
        && height % s == 0
        && width % s == 0
        && height / s * (width / s) <= MOST_PLACES;
  }

  /**
   * The cross-correlation with padding (k − 1) / 2 and without bias.
   *
   * @param x [N, C, H, W], H and W multiples of {@code stride}
   * @param weight [out, C, k, k], k odd
   * @return [N, out, H / stride, W / stride], channels last in memory
   */
  static Tensor of(Tensor x, Tensor weight, long stride) {
    long filters = weight.size(0);
    long channels = weight.size(1);
    long k = weight.size(2);
    long height = x.size(2) / stride;
    long width = x.size(3) / stride;
    TensorVector phases = phases(x, stride);
    TensorVector places = new TensorVector();
    for (long u = 0; u < k; u++) {
      for (long v = 0; v < k; v++) {
        long down = u - k / 2;
        long right = v - k / 2;
        Tensor phase =
            phases.get(Math.floorMod(down, stride) * stride + Math.floorMod(right, stride));
        places.push_back(shifted(phase, Math.floorDiv(down, stride), Math.floorDiv(right, stride)));
      }
    }
    Tensor rows = torch.cat(new TensorArrayRef(places), 3).reshape(-1, k * k * channels);
    Tensor kernel = weight.permute(2, 3, 1, 0).reshape(k * k * channels, filters);
    return rows.matmul(kernel).reshape(x.size(0), height, width, filters).permute(0, 3, 1, 2);
  }

  /** The images [N, H / s, W / s, C] of every s-th row and column, by first row, first column. */
  private static TensorVector phases(Tensor x, long s) {
    long[] shape = {x.size(0), x.size(2) / s, s, x.size(3) / s, s, x.size(1)};
    return x.permute(0, 2, 3, 1)
        .reshape(shape)
        .permute(2, 4, 0, 1, 3, 5)
        .reshape(s * s, shape[0], shape[1], shape[3], shape[5])
        .unbind(0);
  }

  /** y[n, i, j, c] = x[n, i + down, j + right, c], 0 outside. */
  private static Tensor shifted(Tensor x, long down, long right) {
    return down == 0 && right == 0
        ? x
        : torch.constant_pad_nd(x, new long[] {0, 0, -right, right, -down, down}, new Scalar(0.0));
  }
}
