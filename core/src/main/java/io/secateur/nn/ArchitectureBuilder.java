package io.secateur.nn;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Builds an {@link Architecture} node by node and infers shapes. Every method returns the name of
 * the node it added.
 */
public final class ArchitectureBuilder {
  private final String architectureName;
  private final Map<String, Node> nodes = new LinkedHashMap<>();
  private final String input;

  /** Starts with an input of {@code shape}. */
  public ArchitectureBuilder(String name, FeatureShape shape) {
    this.architectureName = name;
    this.input = "input";
    nodes.put(input, new Node(input, new Layer.Input(), List.of(), shape));
  }

  /** Name of the input node. */
  public String input() {
    return input;
  }

  /** Shape of what {@code node} yields. */
  public FeatureShape shape(String node) {
    Node found = nodes.get(node);
    if (found == null) {
      throw new IllegalArgumentException("no node named '" + node + "' before this one");
    }
    return found.output();
  }

  /**
   * Adds {@code layer} reading {@code inputs}.
   *
   * @throws IllegalArgumentException if the name is taken or shapes do not fit, naming both
   */
  public String add(String name, Layer layer, String... inputs) {
    if (nodes.containsKey(name)) {
      throw new IllegalArgumentException("two nodes are named '" + name + "'");
    }
    List<FeatureShape> shapes = new ArrayList<>();
    for (String from : inputs) {
      shapes.add(shape(from));
    }
    if (shapes.isEmpty()) {
      throw new IllegalArgumentException("node '" + name + "' has no input");
    }
    try {
      nodes.put(name, new Node(name, layer, List.of(inputs), infer(layer, shapes)));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("node '" + name + "': " + e.getMessage(), e);
    }
    return name;
  }

  /** A square convolution whose input channels follow from {@code from}. */
  public String conv(
      String name, String from, int out, int kernel, int stride, int padding, boolean bias) {
    return add(
        name,
        new Layer.Conv2d(
            shape(from).channels(), out, Window.square(kernel, stride, padding), 1, bias),
        from);
  }

  /** A depthwise square convolution without bias. */
  public String depthwise(String name, String from, int kernel, int stride, int padding) {
    int channels = shape(from).channels();
    return add(
        name,
        new Layer.Conv2d(
            channels, channels, Window.square(kernel, stride, padding), channels, false),
        from);
  }

  /** Batch normalisation with PyTorch's default ε = 1e-5. */
  public String batchNorm(String name, String from) {
    return add(name, new Layer.BatchNorm(shape(from).channels(), 1e-5), from);
  }

  /** Rectifier. */
  public String relu(String name, String from) {
    return add(name, new Layer.Relu(), from);
  }

  /** Affine map of flat features. */
  public String linear(String name, String from, int out) {
    return add(name, new Layer.Linear(shape(from).size(), out, true), from);
  }

  /**
   * The classifier whose logits are the output of the node added last.
   *
   * @throws IllegalArgumentException if that is not one value per class
   */
  public Architecture build() {
    Architecture architecture = buildGenerator();
    FeatureShape last = architecture.output().output();
    if (last.height() != 1 || last.width() != 1) {
      throw new IllegalArgumentException(
          "the output has shape " + last + ", expected one value per class");
    }
    return architecture;
  }

  /** The architecture from images to images whose output is the node added last. */
  public Architecture buildGenerator() {
    return new Architecture(architectureName, new ArrayList<>(nodes.values()));
  }

  private static FeatureShape infer(Layer layer, List<FeatureShape> inputs) {
    FeatureShape x = inputs.get(0);
    if (layer instanceof Layer.Input) {
      throw new IllegalArgumentException("there is one input only");
    } else if (layer instanceof Layer.Conv2d conv) {
      expect("input channels", conv.inChannels(), x.channels());
      return windowed(conv.window(), x, conv.outChannels(), false);
    } else if (layer instanceof Layer.BatchNorm norm) {
      expect("channels", norm.channels(), x.channels());
      return x;
    } else if (layer instanceof Layer.Linear linear) {
      expect("input features", linear.inFeatures(), x.size());
      if (x.height() != 1 || x.width() != 1) {
        throw new IllegalArgumentException("a linear layer reads flat features, got " + x);
      }
      return new FeatureShape(linear.outFeatures(), 1, 1);
    } else if (layer instanceof Layer.MaxPool pool) {
      return windowed(pool.window(), x, x.channels(), pool.ceil());
    } else if (layer instanceof Layer.AveragePool pool) {
      return windowed(pool.window(), x, x.channels(), pool.ceil());
    } else if (layer instanceof Layer.GlobalAveragePool) {
      return new FeatureShape(x.channels(), 1, 1);
    } else if (layer instanceof Layer.Add) {
      for (FeatureShape other : inputs) {
        if (!other.equals(x)) {
          throw new IllegalArgumentException("cannot add " + other + " to " + x);
        }
      }
      return x;
    } else if (layer instanceof Layer.Multiply) {
      FeatureShape widest = x;
      for (FeatureShape other : inputs) {
        expect("channels", x.channels(), other.channels());
        widest = other.size() > widest.size() ? other : widest;
      }
      return widest;
    } else if (layer instanceof Layer.Concat) {
      int channels = 0;
      for (FeatureShape other : inputs) {
        if (other.height() != x.height() || other.width() != x.width()) {
          throw new IllegalArgumentException("cannot join " + other + " and " + x);
        }
        channels = Math.addExact(channels, other.channels());
      }
      return new FeatureShape(channels, x.height(), x.width());
    } else if (layer instanceof Layer.Subsample subsample) {
      int stride = subsample.stride();
      return new FeatureShape(
          x.channels(), (x.height() + stride - 1) / stride, (x.width() + stride - 1) / stride);
    } else if (layer instanceof Layer.Upsample upsample) {
      return new FeatureShape(
          x.channels(),
          Math.multiplyExact(x.height(), upsample.factor()),
          Math.multiplyExact(x.width(), upsample.factor()));
    } else if (layer instanceof Layer.ChannelPad pad) {
      int channels = Math.addExact(pad.before(), Math.addExact(x.channels(), pad.after()));
      return new FeatureShape(channels, x.height(), x.width());
    } else if (layer instanceof Layer.ChannelSlice slice) {
      if (slice.length() > x.channels() - slice.start()) {
        throw new IllegalArgumentException(
            "slices channels up to " + slice.start() + " + " + slice.length() + " of " + x);
      }
      return new FeatureShape(slice.length(), x.height(), x.width());
    } else if (layer instanceof Layer.ChannelShuffle shuffle) {
      if (x.channels() % shuffle.groups() != 0) {
        throw new IllegalArgumentException(
            "cannot shuffle " + shuffle.groups() + " groups of " + x);
      }
      return x;
    } else if (layer instanceof Layer.ChannelAffine affine) {
      expectAll("factors", affine.factors().size(), x);
      expectAll("terms", affine.terms().size(), x);
      return x;
    } else if (layer instanceof Layer.SpatialPad pad) {
      return new FeatureShape(
          x.channels(),
          Math.addExact(x.height(), Math.addExact(pad.top(), pad.bottom())),
          Math.addExact(x.width(), Math.addExact(pad.left(), pad.right())));
    } else if (layer instanceof Layer.Flatten) {
      return new FeatureShape(x.size(), 1, 1);
    } else if (layer instanceof Layer.Unflatten shape) {
      FeatureShape y = new FeatureShape(shape.channels(), shape.height(), shape.width());
      expect("values", y.size(), x.size());
      return y;
    } else {
      return x;
    }
  }

  private static FeatureShape windowed(Window window, FeatureShape x, int channels, boolean ceil) {
    int height = window.outputHeight(x.height(), ceil);
    int width = window.outputWidth(x.width(), ceil);
    return new FeatureShape(channels, height, width);
  }

  private static void expect(String what, int declared, int actual) {
    if (declared != actual) {
      throw new IllegalArgumentException(
          "declares " + declared + " " + what + " but reads " + actual);
    }
  }

  private static void expectAll(String what, int given, FeatureShape x) {
    if (given != 1 && given != x.channels()) {
      throw new IllegalArgumentException(
          "has " + given + " " + what + ", expected 1 or one for each channel of " + x);
    }
  }
}
