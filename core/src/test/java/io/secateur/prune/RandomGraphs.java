package io.secateur.prune;

import io.secateur.nn.ArchitectureBuilder;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Layer;
import io.secateur.nn.Network;
import io.secateur.nn.RandomNetworks;
import io.secateur.nn.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Small networks whose blocks are drawn: every way of joining channels, in any order. */
final class RandomGraphs {
  private final Random random;
  private final ArchitectureBuilder net =
      new ArchitectureBuilder("drawn", new FeatureShape(2, 6, 6));
  private int nodes;

  private RandomGraphs(Random random) {
    this.random = random;
  }

  static Network network(Random random) {
    return new RandomGraphs(random).build();
  }

  private Network build() {
    String x = convolved(net.input(), 4 + 2 * random.nextInt(3));
    int blocks = 2 + random.nextInt(4);
    for (int b = 0; b < blocks; b++) {
      x = block(x);
    }
    if (random.nextBoolean()) {
      x = add(new Layer.GlobalAveragePool(), x);
    }
    net.linear("fc", add(new Layer.Flatten(), x), 3);
    return RandomNetworks.of(net.build(), random.nextLong());
  }

  private String block(String x) {
    int channels = net.shape(x).channels();
    return switch (random.nextInt(10)) {
      case 0 -> activated(convolved(x, 2 + random.nextInt(6)));
      case 1 -> activated(add(new Layer.Add(), convolved(x, channels), x));
      case 2 -> {
        String y = convolution(activated(normed(x)), channels, 1);
        yield add(new Layer.Add(), y, x);
      }
      case 3 -> add(new Layer.Concat(), x, activated(convolved(x, 2 + random.nextInt(3))));
      case 4 -> activated(convolved(x, channels, channels));
      case 5 -> {
        int groups = channels % 2 == 0 ? 2 : 1;
        yield activated(convolved(x, groups * (1 + random.nextInt(3)), groups));
      }
      case 6 -> {
        String s = add(new Layer.GlobalAveragePool(), x);
        s = activated(point(s, 3));
        yield add(new Layer.Multiply(), x, activated(point(s, channels)));
      }
      case 7 -> {
        String padded = add(new Layer.ChannelPad(random.nextInt(3), 1 + random.nextInt(2)), x);
        yield add(new Layer.Add(), convolved(x, net.shape(padded).channels()), padded);
      }
      case 8 -> add(pool(), x);
      default -> {
        List<String> sum = new ArrayList<>(List.of(x, x));
        sum.set(random.nextInt(2), convolved(x, channels));
        yield add(new Layer.Add(), sum.toArray(String[]::new));
      }
    };
  }

  private Layer pool() {
    return switch (random.nextInt(4)) {
      case 0 -> new Layer.MaxPool(Window.square(3, 1, 1));
      case 1 -> new Layer.AveragePool(Window.square(3, 1, 1), random.nextBoolean());
      case 2 -> new Layer.Subsample(1 + random.nextInt(2));
      default -> new Layer.Dropout(0.5);
    };
  }

  private String activated(String x) {
    return switch (random.nextInt(9)) {
      case 0 -> add(new Layer.Sigmoid(), x);
      case 1 -> add(new Layer.HardSigmoid(), x);
      case 2 -> add(new Layer.Clip(-1, 2), x);
      case 3 -> add(new Layer.Clip(0.5, 2), x);
      case 4 -> add(new Layer.Silu(), x);
      case 5 -> add(new Layer.Tanh(), x);
      default -> add(new Layer.Relu(), x);
    };
  }

  private String convolved(String x, int out) {
    return convolved(x, out, 1);
  }

  private String convolved(String x, int out, int groups) {
    String y = convolution(x, out, groups);
    return random.nextInt(4) == 0 ? y : normed(y);
  }

  private String convolution(String x, int out, int groups) {
    return add(
        new Layer.Conv2d(
            net.shape(x).channels(), out, Window.square(3, 1, 1), groups, random.nextBoolean()),
        x);
  }

  private String point(String x, int out) {
    return add(new Layer.Conv2d(net.shape(x).channels(), out, Window.square(1, 1, 0), 1, true), x);
  }

  private String normed(String x) {
    return net.batchNorm("n" + nodes++, x);
  }

  private String add(Layer layer, String... inputs) {
    return net.add("n" + nodes++, layer, inputs);
  }
}
