package io.secateur.format;

import io.secateur.nn.FeatureShape;
import io.secateur.nn.Layer;
import io.secateur.nn.WeightTensor;
import io.secateur.nn.Window;
import org.jspecify.annotations.Nullable;

/** Convolutions, batch norms and pools. */
final class OnnxLayers {
  private static final double NOTHING = Double.NEGATIVE_INFINITY;

  private OnnxLayers() {}

  /** Padding before and behind, per axis. */
  private record Pads(int top, int left, int bottom, int right) {
    boolean symmetric() {
      return top == bottom && left == right;
    }
  }

  static OnnxValue convolution(OnnxMapping mapping, OnnxNode node) {
    OnnxValue.Feature x = mapping.feature(node, 0, 4);
    WeightTensor weight = mapping.numbers(node, 1);
    int[] shape = weight.shape();
    if (shape.length != 4) {
      throw new OnnxRefusal("has a kernel " + weight + "; expected two dimensions of space");
    }
    long[] declared = node.integers("kernel_shape");
    if (declared != null
        && (declared.length != 2 || declared[0] != shape[2] || declared[1] != shape[3])) {
      throw new OnnxRefusal("says another kernel_shape than its kernel " + weight + " has");
    }
    int groups = small("group", node.integer("group", 1), 1);
    int[] kernel = {shape[2], shape[3]};
    int[] stride = pair(node, "strides", 1);
    int[] dilation = pair(node, "dilations", 1);
    Pads pads = pads(node, mapping.shape(x), kernel, stride, dilation);
    if (!pads.symmetric()) {
      x = padded(mapping, node, x, pads, 0);
      pads = new Pads(0, 0, 0, 0);
    }
    int in;
    Layer layer;
    try {
      in = Math.multiplyExact(shape[1], groups);
      Window window = window(kernel, stride, pads, dilation);
      layer = new Layer.Conv2d(in, shape[0], window, groups, node.has(2));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new OnnxRefusal(String.valueOf(e.getMessage()));
    }
    WeightTensor bias = node.has(2) ? vector(mapping, node, 2, shape[0]) : null;
    String name = mapping.addWeighted(node, node.input(1), layer, 4, x);
    mapping.bind(new OnnxBinding(name + ".weight", node.index(), 1, false, 1), weight);
    if (bias != null) {
      mapping.bind(new OnnxBinding(name + ".bias", node.index(), 2, false, 1), bias);
    }
    return new OnnxValue.Feature(name, 4);
  }

  static OnnxValue batchNorm(OnnxMapping mapping, OnnxNode node) {
    if (node.flag("training_mode", false) || node.outputs().size() > 1) {
      throw new OnnxRefusal("is in training mode; export the model for evaluation");
    }
    if (!node.flag("spatial", true)) {
      throw new OnnxRefusal("has statistics for every position");
    }
    OnnxValue.Feature x = mapping.feature(node, 0);
    int channels = mapping.shape(x).channels();
    String[] parts = {"weight", "bias", "running_mean", "running_var"};
    WeightTensor[] tensors = new WeightTensor[parts.length];
    for (int i = 0; i < parts.length; i++) {
      tensors[i] = vector(mapping, node, i + 1, channels);
    }
    Layer layer = new Layer.BatchNorm(channels, node.number("epsilon", 1e-5));
    String name = mapping.addWeighted(node, node.input(1), layer, x.rank(), x);
    for (int i = 0; i < parts.length; i++) {
      mapping.bind(
          new OnnxBinding(name + "." + parts[i], node.index(), i + 1, false, 1), tensors[i]);
    }
    return new OnnxValue.Feature(name, x.rank());
  }

  private static WeightTensor vector(OnnxMapping mapping, OnnxNode node, int at, int length) {
    WeightTensor tensor = mapping.numbers(node, at);
    if (tensor.shape().length != 1 || tensor.size() != length) {
      throw new OnnxRefusal("input " + at + " is " + tensor + ", expected " + length + " numbers");
    }
    return tensor;
  }

  static OnnxValue maxPool(OnnxMapping mapping, OnnxNode node) {
    if (node.outputs().size() > 1) {
      throw new OnnxRefusal("yields indices too");
    }
    OnnxValue.Feature x = mapping.feature(node, 0, 4);
    int[] kernel = kernel(node);
    int[] stride = pair(node, "strides", 1);
    int[] dilation = pair(node, "dilations", 1);
    Pads pads = pads(node, mapping.shape(x), kernel, stride, dilation);
    if (!pads.symmetric() || 2 * pads.top() > kernel[0] || 2 * pads.left() > kernel[1]) {
      x = padded(mapping, node, x, pads, NOTHING);
      pads = new Pads(0, 0, 0, 0);
    }
    Window window = window(kernel, stride, pads, dilation);
    return mapping.add(node, new Layer.MaxPool(window, node.flag("ceil_mode", false)), 4, x);
  }

  static OnnxValue averagePool(OnnxMapping mapping, OnnxNode node) {
    OnnxValue.Feature x = mapping.feature(node, 0, 4);
    int[] kernel = kernel(node);
    int[] stride = pair(node, "strides", 1);
    int[] dilation = pair(node, "dilations", 1);
    if (dilation[0] != 1 || dilation[1] != 1) {
      throw new OnnxRefusal("dilates a mean");
    }
    boolean counted = node.flag("count_include_pad", false);
    Pads pads = pads(node, mapping.shape(x), kernel, stride, dilation);
    if (!pads.symmetric() || 2 * pads.top() > kernel[0] || 2 * pads.left() > kernel[1]) {
      if (!counted) {
        throw new OnnxRefusal("leaves padding of unlike sides out of its mean");
      }
      x = padded(mapping, node, x, pads, 0);
      pads = new Pads(0, 0, 0, 0);
    }
    Window window = window(kernel, stride, pads, dilation);
    boolean ceil = node.flag("ceil_mode", false);
    return mapping.add(node, new Layer.AveragePool(window, counted, ceil), 4, x);
  }

  private static OnnxValue.Feature padded(
      OnnxMapping mapping, OnnxNode node, OnnxValue.Feature x, Pads pads, double value) {
    Layer layer = new Layer.SpatialPad(pads.top(), pads.bottom(), pads.left(), pads.right(), value);
    return mapping.addBefore(node, "pad", layer, 4, x);
  }

  private static Window window(int[] kernel, int[] stride, Pads pads, int[] dilation) {
    try {
      return new Window(
          kernel[0],
          kernel[1],
          stride[0],
          stride[1],
          pads.top(),
          pads.left(),
          dilation[0],
          dilation[1]);
    } catch (IllegalArgumentException e) {
      throw new OnnxRefusal(String.valueOf(e.getMessage()));
    }
  }

  private static int[] kernel(OnnxNode node) {
    if (node.integers("kernel_shape") == null) {
      throw new OnnxRefusal("has no kernel_shape");
    }
    return pair(node, "kernel_shape", 1);
  }

  private static int[] pair(OnnxNode node, String key, int otherwise) {
    long[] given = node.integers(key);
    if (given == null) {
      return new int[] {otherwise, otherwise};
    }
    if (given.length != 2) {
      throw new OnnxRefusal(key + " has " + given.length + " numbers, expected 2");
    }
    return new int[] {small(key, given[0], 1), small(key, given[1], 1)};
  }

  private static int small(String key, long value, int least) {
    if (value < least || value > 1 << 16) {
      throw new OnnxRefusal(key + " is " + value);
    }
    return (int) value;
  }

  private static Pads pads(
      OnnxNode node, FeatureShape x, int[] kernel, int[] stride, int[] dilation) {
    String auto = node.text("auto_pad", "NOTSET");
    long @Nullable [] given = node.integers("pads");
    switch (auto) {
      case "NOTSET", "" -> {
        if (given == null) {
          return new Pads(0, 0, 0, 0);
        }
        if (given.length != 4) {
          throw new OnnxRefusal("pads has " + given.length + " numbers, expected 4");
        }
        return new Pads(
            small("pads", given[0], 0),
            small("pads", given[1], 0),
            small("pads", given[2], 0),
            small("pads", given[3], 0));
      }
      case "VALID" -> {
        return new Pads(0, 0, 0, 0);
      }
      case "SAME_UPPER", "SAME_LOWER" -> {
        int vertical = missing(x.height(), kernel[0], stride[0], dilation[0]);
        int horizontal = missing(x.width(), kernel[1], stride[1], dilation[1]);
        boolean upper = auto.equals("SAME_UPPER");
        int top = upper ? vertical / 2 : vertical - vertical / 2;
        int left = upper ? horizontal / 2 : horizontal - horizontal / 2;
        return new Pads(top, left, vertical - top, horizontal - left);
      }
      default -> throw new OnnxRefusal("auto_pad is " + Malformed.quote(auto));
    }
  }

  /** How much padding makes the output ceil(size / stride) long. */
  private static int missing(int size, int kernel, int stride, int dilation) {
    long outputs = (size + (long) stride - 1) / stride;
    long needed = (outputs - 1) * stride + (long) dilation * (kernel - 1) + 1;
    return small("padding", Math.max(0, needed - size), 0);
  }
}
