package io.secateur.nn;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

/**
 * Evaluates a network in plain loops of doubles, one image at a time: what the engine must agree
 * with.
 */
final class NaiveInterpreter {
  /** An activation [C, H, W]. */
  private record Map3(FeatureShape shape, double[] values) {
    static Map3 of(FeatureShape shape) {
      return new Map3(shape, new double[shape.size()]);
    }

    double at(int c, int y, int x) {
      return values[(c * shape.height() + y) * shape.width() + x];
    }

    boolean inside(int y, int x) {
      return y >= 0 && x >= 0 && y < shape.height() && x < shape.width();
    }

    void set(int c, int y, int x, double value) {
      values[(c * shape.height() + y) * shape.width() + x] = value;
    }
  }

  /** One output value from its channel, row and column. */
  private interface Pixel {
    double at(int c, int y, int x);
  }

  private final Network network;

  NaiveInterpreter(Network network) {
    this.network = network;
  }

  /** Logits [N, K] of images [N, C, H, W] in [0, 1]. */
  float[] logits(float[] images) {
    int size = network.architecture().input().size();
    int classes = network.classes();
    float[] logits = new float[images.length / size * classes];
    for (int n = 0; n < images.length / size; n++) {
      double[] values = new double[size];
      for (int i = 0; i < size; i++) {
        values[i] = images[n * size + i];
      }
      double[] out = one(new Map3(network.architecture().input(), values)).values();
      for (int k = 0; k < classes; k++) {
        logits[n * classes + k] = (float) out[k];
      }
    }
    return logits;
  }

  private Map3 one(Map3 image) {
    Map<String, Map3> known = new HashMap<>();
    Map3 last = image;
    for (Node node : network.architecture().nodes()) {
      if (node.layer() instanceof Layer.Input) {
        float[] mean = network.preprocessing().mean();
        float[] std = network.preprocessing().std();
        last = fill(node.output(), (c, y, x) -> (image.at(c, y, x) - mean[c]) / std[c]);
      } else {
        List<Map3> inputs = new ArrayList<>();
        node.inputs().forEach(name -> inputs.add(known.get(name)));
        last = apply(node, inputs);
      }
      known.put(node.name(), last);
    }
    return last;
  }

  private static Map3 fill(FeatureShape shape, Pixel pixel) {
    Map3 out = Map3.of(shape);
    for (int c = 0; c < shape.channels(); c++) {
      for (int y = 0; y < shape.height(); y++) {
        for (int x = 0; x < shape.width(); x++) {
          out.set(c, y, x, pixel.at(c, y, x));
        }
      }
    }
    return out;
  }

  private double weight(Node node, String part, int index) {
    return network.weights().get(node.name() + "." + part).at(index);
  }

  private Map3 apply(Node node, List<Map3> inputs) {
    Map3 in = inputs.get(0);
    FeatureShape shape = node.output();
    Layer layer = node.layer();
    if (layer instanceof Layer.Conv2d conv) {
      return fill(shape, (c, y, x) -> convolution(node, conv, in, c, y, x));
    } else if (layer instanceof Layer.BatchNorm norm) {
      return fill(
          shape,
          (c, y, x) ->
              weight(node, "weight", c)
                      * (in.at(c, y, x) - weight(node, "running_mean", c))
                      / Math.sqrt(weight(node, "running_var", c) + norm.epsilon())
                  + weight(node, "bias", c));
    } else if (layer instanceof Layer.Linear linear) {
      return fill(shape, (c, y, x) -> affine(node, linear, in, c));
    } else if (layer instanceof Layer.Activation activation) {
      DoubleUnaryOperator function = function(activation);
      return fill(shape, (c, y, x) -> function.applyAsDouble(in.at(c, y, x)));
    } else if (layer instanceof Layer.MaxPool pool) {
      return fill(shape, (c, y, x) -> pooled(pool.window(), in, c, y, x, true, false));
    } else if (layer instanceof Layer.AveragePool pool) {
      return fill(
          shape, (c, y, x) -> pooled(pool.window(), in, c, y, x, false, pool.countPadding()));
    } else if (layer instanceof Layer.GlobalAveragePool) {
      Window whole = new Window(in.shape().height(), in.shape().width(), 1, 1, 0, 0, 1, 1);
      return fill(shape, (c, y, x) -> pooled(whole, in, c, 0, 0, false, false));
    } else if (layer instanceof Layer.Add) {
      return fill(shape, (c, y, x) -> inputs.stream().mapToDouble(m -> m.at(c, y, x)).sum());
    } else if (layer instanceof Layer.Multiply) {
      return fill(
          shape,
          (c, y, x) ->
              inputs.stream()
                  .mapToDouble(m -> m.inside(y, x) ? m.at(c, y, x) : m.at(c, 0, 0))
                  .reduce(1, (a, b) -> a * b));
    } else if (layer instanceof Layer.Concat) {
      return concat(shape, inputs);
    } else if (layer instanceof Layer.Subsample subsample) {
      return fill(shape, (c, y, x) -> in.at(c, y * subsample.stride(), x * subsample.stride()));
    } else if (layer instanceof Layer.Upsample upsample) {
      return fill(shape, (c, y, x) -> between(in, upsample.factor(), c, y, x));
    } else if (layer instanceof Layer.ChannelPad pad) {
      return fill(
          shape,
          (c, y, x) -> {
            int from = c - pad.before();
            return from >= 0 && from < in.shape().channels() ? in.at(from, y, x) : 0;
          });
    } else if (layer instanceof Layer.Flatten) {
      return new Map3(shape, in.values());
    }
    return in;
  }

  /** Bilinear value at the centre of an enlarged pixel; positions outside move to the border. */
  private static double between(Map3 in, int factor, int c, int y, int x) {
    double row = Math.max(0, Math.min(in.shape().height() - 1, (y + 0.5) / factor - 0.5));
    double column = Math.max(0, Math.min(in.shape().width() - 1, (x + 0.5) / factor - 0.5));
    double sum = 0;
    for (int sourceY = 0; sourceY < in.shape().height(); sourceY++) {
      for (int sourceX = 0; sourceX < in.shape().width(); sourceX++) {
        double weight =
            Math.max(0, 1 - Math.abs(row - sourceY)) * Math.max(0, 1 - Math.abs(column - sourceX));
        sum += weight * in.at(c, sourceY, sourceX);
      }
    }
    return sum;
  }

  private double convolution(Node node, Layer.Conv2d conv, Map3 in, int out, int y, int x) {
    Window w = conv.window();
    int perGroup = conv.inChannels() / conv.groups();
    int first = out / (conv.outChannels() / conv.groups()) * perGroup;
    double sum = conv.bias() ? weight(node, "bias", out) : 0;
    for (int c = 0; c < perGroup; c++) {
      for (int ky = 0; ky < w.kernelHeight(); ky++) {
        for (int kx = 0; kx < w.kernelWidth(); kx++) {
          int row = y * w.strideHeight() - w.paddingHeight() + ky * w.dilationHeight();
          int column = x * w.strideWidth() - w.paddingWidth() + kx * w.dilationWidth();
          if (in.inside(row, column)) {
            int index = ((out * perGroup + c) * w.kernelHeight() + ky) * w.kernelWidth() + kx;
            sum += weight(node, "weight", index) * in.at(first + c, row, column);
          }
        }
      }
    }
    return sum;
  }

  private double affine(Node node, Layer.Linear linear, Map3 in, int out) {
    double sum = linear.bias() ? weight(node, "bias", out) : 0;
    for (int i = 0; i < linear.inFeatures(); i++) {
      sum += weight(node, "weight", out * linear.inFeatures() + i) * in.values()[i];
    }
    return sum;
  }

  private static double pooled(
      Window w, Map3 in, int c, int y, int x, boolean maximum, boolean countPadding) {
    double best = Double.NEGATIVE_INFINITY;
    double sum = 0;
    int seen = 0;
    for (int ky = 0; ky < w.kernelHeight(); ky++) {
      for (int kx = 0; kx < w.kernelWidth(); kx++) {
        int row = y * w.strideHeight() - w.paddingHeight() + ky * w.dilationHeight();
        int column = x * w.strideWidth() - w.paddingWidth() + kx * w.dilationWidth();
        if (in.inside(row, column)) {
          best = Math.max(best, in.at(c, row, column));
          sum += in.at(c, row, column);
          seen++;
        }
      }
    }
    return maximum ? best : sum / (countPadding ? w.kernelHeight() * w.kernelWidth() : seen);
  }

  private static Map3 concat(FeatureShape shape, List<Map3> inputs) {
    Map3 out = Map3.of(shape);
    int offset = 0;
    for (Map3 part : inputs) {
      System.arraycopy(part.values(), 0, out.values(), offset, part.values().length);
      offset += part.values().length;
    }
    return out;
  }

  private static DoubleUnaryOperator function(Layer.Activation activation) {
    if (activation instanceof Layer.Relu) {
      return x -> Math.max(x, 0);
    } else if (activation instanceof Layer.Elu elu) {
      return x -> x > 0 ? x : elu.alpha() * Math.expm1(x);
    } else if (activation instanceof Layer.LeakyRelu leaky) {
      return x -> x > 0 ? x : leaky.slope() * x;
    } else if (activation instanceof Layer.Clip clip) {
      return x -> Math.min(clip.high(), Math.max(clip.low(), x));
    } else if (activation instanceof Layer.Sigmoid) {
      return NaiveInterpreter::sigmoid;
    } else if (activation instanceof Layer.Tanh) {
      return Math::tanh;
    } else if (activation instanceof Layer.Silu) {
      return x -> x * sigmoid(x);
    } else if (activation instanceof Layer.HardSwish) {
      return x -> x * hardSigmoid(x);
    }
    return NaiveInterpreter::hardSigmoid;
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  private static double hardSigmoid(double x) {
    return Math.min(6, Math.max(0, x + 3)) / 6;
  }
}
