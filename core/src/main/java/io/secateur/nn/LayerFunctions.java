package io.secateur.nn;

import io.secateur.engine.NumberFormat;
import io.secateur.engine.Ops;
import io.secateur.engine.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What layers compute, one by one; those with hooks of their own stand in {@link Interpreter}. */
final class LayerFunctions {
  private LayerFunctions() {}

  /**
   * The output of a layer without weights.
   *
   * @param inputs in the node's order
   * @param format of the inputs
   * @param training whether dropout drops
   */
  static Tensor of(Layer layer, Tensor[] inputs, NumberFormat format, boolean training) {
    Tensor x = inputs[0];
    if (layer instanceof Layer.Activation activation) {
      return activate(activation, x);
    } else if (layer instanceof Layer.MaxPool pool) {
      Window w = pool.window();
      return Ops.maxPool(x, kernel(w), stride(w), padding(w), dilation(w), pool.ceil());
    } else if (layer instanceof Layer.AveragePool pool) {
      Window w = pool.window();
      return Ops.averagePool(x, kernel(w), stride(w), padding(w), pool.ceil(), pool.countPadding());
    } else if (layer instanceof Layer.GlobalAveragePool) {
      return x.mean(2, 3).reshape(x.size(0), x.size(1), 1, 1);
    } else if (layer instanceof Layer.Add) {
      Tensor sum = x;
      for (int i = 1; i < inputs.length; i++) {
        sum = sum.add(inputs[i]);
      }
      return sum;
    } else if (layer instanceof Layer.Multiply) {
      Tensor product = x;
      for (int i = 1; i < inputs.length; i++) {
        product = product.mul(inputs[i]);
      }
      return product;
    } else if (layer instanceof Layer.Concat) {
      return Tensor.cat(1, inputs);
    } else if (layer instanceof Layer.Subsample subsample) {
      return x.everyNth(2, subsample.stride()).everyNth(3, subsample.stride());
    } else if (layer instanceof Layer.Upsample upsample) {
      int factor = upsample.factor();
      return Ops.bilinear(x, factor * x.size(2), factor * x.size(3));
    } else if (layer instanceof Layer.ChannelPad pad) {
      return x.shape().length == 2
          ? x.pad(pad.before(), pad.after())
          : x.pad(0, 0, 0, 0, pad.before(), pad.after()).channelsLast();
    } else if (layer instanceof Layer.ChannelSlice slice) {
      return x.narrow(1, slice.start(), slice.length());
    } else if (layer instanceof Layer.ChannelShuffle shuffle) {
      return shuffle(x, shuffle.groups());
    } else if (layer instanceof Layer.ChannelAffine affine) {
      return x.mul(constants(affine.factors(), x, format))
          .add(constants(affine.terms(), x, format));
    } else if (layer instanceof Layer.SpatialPad pad) {
      double value = Math.max(pad.value(), -Float.MAX_VALUE);
      return Ops.surround(x, pad.top(), pad.bottom(), pad.left(), pad.right(), value);
    } else if (layer instanceof Layer.Flatten) {
      return x.contiguous().reshape(x.size(0), -1);
    } else if (layer instanceof Layer.Unflatten shape) {
      return x.reshape(x.size(0), shape.channels(), shape.height(), shape.width()).channelsLast();
    } else if (layer instanceof Layer.Dropout dropout) {
      return training ? Ops.dropout(x, dropout.rate()) : x;
    } else if (layer instanceof Layer.Identity) {
      return x;
    }
    throw new IllegalStateException("the input's output must be given");
  }

  static Tensor convolve(Layer.Conv2d conv, Tensor x, Tensor weight, @Nullable Tensor bias) {
    Window w = conv.window();
    return Ops.conv2d(x, weight, bias, stride(w), padding(w), dilation(w), conv.groups());
  }

  private static Tensor shuffle(Tensor x, int groups) {
    int channels = x.size(1);
    if (x.shape().length == 2) {
      return x.reshape(x.size(0), groups, channels / groups)
          .transpose(1, 2)
          .reshape(x.size(0), channels);
    }
    return x.contiguous()
        .reshape(x.size(0), groups, channels / groups, x.size(2), x.size(3))
        .transpose(1, 2)
        .reshape(x.size(0), channels, x.size(2), x.size(3))
        .channelsLast();
  }

  private static Tensor constants(List<Float> values, Tensor x, NumberFormat format) {
    float[] numbers = new float[values.size()];
    for (int c = 0; c < numbers.length; c++) {
      numbers[c] = values.get(c);
    }
    return x.shape().length == 4
        ? Tensor.of(numbers, 1, numbers.length, 1, 1).to(format)
        : Tensor.of(numbers, 1, numbers.length).to(format);
  }

  private static Tensor activate(Layer.Activation activation, Tensor x) {
    if (activation instanceof Layer.Relu) {
      return x.relu();
    } else if (activation instanceof Layer.Elu elu) {
      return x.elu(elu.alpha());
    } else if (activation instanceof Layer.LeakyRelu leaky) {
      return x.leakyRelu(leaky.slope());
    } else if (activation instanceof Layer.Clip clip) {
      return x.clamp(clip.low(), clip.high());
    } else if (activation instanceof Layer.Sigmoid) {
      return x.sigmoid();
    } else if (activation instanceof Layer.Tanh) {
      return x.tanh();
    } else if (activation instanceof Layer.Silu) {
      return x.silu();
    } else if (activation instanceof Layer.HardSwish) {
      return x.hardSwish();
    }
    return x.hardSigmoid();
  }

  private static long[] kernel(Window w) {
    return new long[] {w.kernelHeight(), w.kernelWidth()};
  }

  private static long[] stride(Window w) {
    return new long[] {w.strideHeight(), w.strideWidth()};
  }

  private static long[] padding(Window w) {
    return new long[] {w.paddingHeight(), w.paddingWidth()};
  }

  private static long[] dilation(Window w) {
    return new long[] {w.dilationHeight(), w.dilationWidth()};
  }
}
