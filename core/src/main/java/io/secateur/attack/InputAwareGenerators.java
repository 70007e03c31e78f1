package io.secateur.attack;

import io.secateur.nn.Architecture;
import io.secateur.nn.ArchitectureBuilder;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Layer;
import io.secateur.nn.Window;

/**
 * The two generators of the input-aware attack, encoder-decoders of 32, 64 and 128 channels: on the
 * way down three times two blocks and a 2×2 max-pool, a block in the middle, on the way up three
 * times a bilinear enlargement and two blocks; a block is a 3×3 convolution with bias, batch norm
 * and ReLU, the last one without ReLU; a hyperbolic tangent ends it. Tensors bear the names of the
 * authors' code (networks/models.py, blocks.py).
 *
 * <p>Differs from it: running statistics of batch norm move by 0.1 of the way, not 0.05.
 */
public final class InputAwareGenerators {
  /** What the pair is called in files. */
  public static final String NAME = "input-aware";

  private static final int STEPS = 3;
  private static final int FIRST_CHANNELS = 32;

  private InputAwareGenerators() {}

  /** The pattern network G: as many channels out as in, in (−1, 1). */
  public static Architecture pattern(FeatureShape shape) {
    return encoderDecoder(NAME + "-pattern", shape, shape.channels());
  }

  /** The mask network M: one channel out, in (−1, 1). */
  public static Architecture mask(FeatureShape shape) {
    return encoderDecoder(NAME + "-mask", shape, 1);
  }

  private static Architecture encoderDecoder(String name, FeatureShape shape, int outChannels) {
    int coarsest = 1 << STEPS;
    if (shape.height() % coarsest != 0 || shape.width() % coarsest != 0) {
      throw new IllegalArgumentException(
          "the generators need images whose sides are multiples of " + coarsest + ", got " + shape);
    }
    var net = new ArchitectureBuilder(name, shape);
    String x = net.input();
    int channels = FIRST_CHANNELS;
    for (int step = 0; step < STEPS; step++) {
      channels = FIRST_CHANNELS << step;
      x = block(net, "convblock_down_" + 2 * step, x, channels);
      x = block(net, "convblock_down_" + (2 * step + 1), x, channels);
      x = net.add("downsample_" + step, new Layer.MaxPool(Window.square(2, 2, 0)), x);
    }
    x = block(net, "convblock_middle", x, channels);
    for (int step = 0; step < STEPS; step++) {
      x = net.add("upsample_" + step, new Layer.Upsample(2), x);
      x = block(net, "convblock_up_" + 2 * step, x, channels);
      channels /= 2;
      String last = "convblock_up_" + (2 * step + 1);
      x = step < STEPS - 1 ? block(net, last, x, channels) : convolution(net, last, x, outChannels);
    }
    net.add("tanh", new Layer.Tanh(), x);
    return net.buildGenerator();
  }

  private static String block(ArchitectureBuilder net, String name, String from, int channels) {
    return net.relu(name + ".relu", convolution(net, name, from, channels));
  }

  private static String convolution(
      ArchitectureBuilder net, String name, String from, int channels) {
    return net.batchNorm(
        name + ".batch_norm", net.conv(name + ".conv2d", from, channels, 3, 1, 1, true));
  }
}
