package io.secateur.engine;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;

/**
 * A convolution of one group with channels and filters rounded up to whole blocks, the added ones
 * all zero: for processors on which {@link OneDnn} is wrong about parts of blocks.
 */
final class RoundedChannels {
  private static final long BLOCK = 16;

  private RoundedChannels() {}

  /** The cross-correlation without bias; arguments as in {@link Ops#conv2d}. */
  static Tensor conv2d(Tensor x, Tensor weight, long[] stride, long[] padding, long[] dilation) {
    long filters = weight.size(0);
    long channels = weight.size(1);
    Tensor images = padded(x, 0, missing(channels));
    Tensor kernels = padded(weight, missing(filters), missing(channels));
    Tensor y =
        torch.conv2d(
            images.contiguous(MemoryFormat.ChannelsLast),
            kernels.contiguous(MemoryFormat.ChannelsLast),
            new TensorOptional(),
            stride,
            padding,
            dilation,
            1);
    return missing(filters) == 0
        ? y
        : y.narrow(1, 0, filters).contiguous(MemoryFormat.ChannelsLast);
  }

  private static long missing(long channels) {
    return Math.floorMod(-channels, BLOCK);
  }

  /** With zeros behind the first two axes. */
  private static Tensor padded(Tensor x, long first, long second) {
    return first == 0 && second == 0
        ? x
        : torch.constant_pad_nd(x, new long[] {0, 0, 0, 0, 0, second, 0, first}, new Scalar(0.0));
  }
}
