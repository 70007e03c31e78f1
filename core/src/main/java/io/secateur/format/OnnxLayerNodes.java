package io.secateur.format;

import ai.onnx.proto.OnnxMl.AttributeProto;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Layer;
import io.secateur.nn.Node;
import io.secateur.nn.WeightTensor;
import io.secateur.nn.Window;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Layers as ONNX nodes. Where several are needed, the last bears the layer's name. */
final class OnnxLayerNodes {
  private final OnnxNodes nodes;
  private final Node node;
  private final FeatureShape from;
  private final int rank;
  private final List<String> inputs;
  private final String output;

  private OnnxLayerNodes(
      OnnxNodes nodes, Node node, FeatureShape from, int rank, List<String> inputs, String output) {
    this.nodes = nodes;
    this.node = node;
    this.from = from;
    this.rank = rank;
    this.inputs = inputs;
    this.output = output;
  }

  /**
   * Adds the nodes of one layer.
   *
   * @param from shape of its first input
   * @param rank of its inputs, 4 or 2
   * @param output name of what it yields
   * @return the rank of that
   */
  static int add(
      OnnxNodes nodes, Node node, FeatureShape from, int rank, List<String> inputs, String output) {
    return new OnnxLayerNodes(nodes, node, from, rank, inputs, output).add();
  }

  private int add() {
    Layer layer = node.layer();
    if (layer instanceof Layer.Conv2d conv) {
      convolution(conv);
    } else if (layer instanceof Layer.BatchNorm norm) {
      put(
          "BatchNormalization",
          weighted("weight", "bias", "running_mean", "running_var"),
          OnnxNodes.number("epsilon", norm.epsilon()));
    } else if (layer instanceof Layer.Linear linear) {
      List<String> read = linear.bias() ? weighted("weight", "bias") : weighted("weight");
      put("Gemm", read, OnnxNodes.integer("transB", 1));
      return 2;
    } else if (layer instanceof Layer.Activation activation) {
      activation(activation);
    } else if (layer instanceof Layer.MaxPool pool) {
      Window w = pool.window();
      put(
          "MaxPool",
          inputs,
          window(
              w,
              pool.ceil(),
              OnnxNodes.integers("dilations", w.dilationHeight(), w.dilationWidth())));
    } else if (layer instanceof Layer.AveragePool pool) {
      averagePool(pool);
    } else if (layer instanceof Layer.GlobalAveragePool) {
      put("GlobalAveragePool", inputs);
    } else if (layer instanceof Layer.Add) {
      put(inputs.size() == 2 ? "Add" : "Sum", inputs);
    } else if (layer instanceof Layer.Multiply) {
      product();
    } else if (layer instanceof Layer.Concat) {
      put("Concat", inputs, OnnxNodes.integer("axis", 1));
    } else if (layer instanceof Layer.Dropout dropout) {
      put("Dropout", with(nodes.single(node.name(), "ratio", (float) dropout.rate())));
    } else if (layer instanceof Layer.Identity) {
      put("Identity", inputs);
    } else {
      return reshaped(layer);
    }
    return rank;
  }

  private int reshaped(Layer layer) {
    String name = node.name();
    if (layer instanceof Layer.Subsample subsample) {
      slice(
          new long[] {0, 0},
          new long[] {Long.MAX_VALUE, Long.MAX_VALUE},
          new long[] {2, 3},
          subsample.stride());
    } else if (layer instanceof Layer.Upsample upsample) {
      float factor = upsample.factor();
      String scales =
          nodes.constant(
              name,
              "scales",
              WeightTensor.ofFloats(new int[] {4}, new float[] {1, 1, factor, factor}));
      put(
          "Resize",
          List.of(inputs.get(0), "", scales),
          OnnxNodes.text("mode", "linear"),
          OnnxNodes.text("coordinate_transformation_mode", "half_pixel"));
    } else if (layer instanceof Layer.ChannelPad pad) {
      long[] pads = new long[2 * rank];
      pads[1] = pad.before();
      pads[rank + 1] = pad.after();
      put("Pad", with(nodes.whole(name, "pads", pads)));
    } else if (layer instanceof Layer.SpatialPad pad) {
      String pads =
          nodes.whole(name, "pads", 0, 0, pad.top(), pad.left(), 0, 0, pad.bottom(), pad.right());
      put("Pad", with(pads, nodes.single(name, "value", (float) pad.value())));
    } else if (layer instanceof Layer.ChannelSlice slice) {
      slice(
          new long[] {slice.start()},
          new long[] {(long) slice.start() + slice.length()},
          new long[] {1},
          1);
    } else if (layer instanceof Layer.ChannelShuffle shuffle) {
      shuffle(shuffle.groups());
    } else if (layer instanceof Layer.ChannelAffine affine) {
      affine(affine);
    } else if (layer instanceof Layer.Flatten) {
      put("Flatten", inputs, OnnxNodes.integer("axis", 1));
      return 2;
    } else if (layer instanceof Layer.Unflatten shape) {
      String target =
          nodes.whole(name, "shape", 0, shape.channels(), shape.height(), shape.width());
      put("Reshape", with(target));
      return 4;
    } else {
      throw new Malformed("layer " + Malformed.quote(name) + " has no counterpart");
    }
    return rank;
  }

  private void put(String operator, List<String> read, AttributeProto... attributes) {
    nodes.add(operator, node.name(), read, output, attributes);
  }

  private List<String> with(String... constants) {
    List<String> read = new ArrayList<>(inputs.subList(0, 1));
    read.addAll(List.of(constants));
    return read;
  }

  private List<String> weighted(String... parts) {
    List<String> read = new ArrayList<>(inputs);
    for (String part : parts) {
      read.add(node.name() + "." + part);
    }
    return read;
  }

  private void convolution(Layer.Conv2d conv) {
    Window w = conv.window();
    put(
        "Conv",
        conv.bias() ? weighted("weight", "bias") : weighted("weight"),
        OnnxNodes.integers("dilations", w.dilationHeight(), w.dilationWidth()),
        OnnxNodes.integer("group", conv.groups()),
        OnnxNodes.integers("kernel_shape", w.kernelHeight(), w.kernelWidth()),
        pads(w),
        OnnxNodes.integers("strides", w.strideHeight(), w.strideWidth()));
  }

  private static AttributeProto pads(Window w) {
    int y = w.paddingHeight();
    int x = w.paddingWidth();
    return OnnxNodes.integers("pads", y, x, y, x);
  }

  private static AttributeProto[] window(Window w, boolean ceil, AttributeProto own) {
    return new AttributeProto[] {
      OnnxNodes.integer("ceil_mode", ceil ? 1 : 0),
      OnnxNodes.integers("kernel_shape", w.kernelHeight(), w.kernelWidth()),
      pads(w),
      OnnxNodes.integers("strides", w.strideHeight(), w.strideWidth()),
      own
    };
  }

  private void averagePool(Layer.AveragePool pool) {
    Window w = pool.window();
    if (w.dilationHeight() != 1 || w.dilationWidth() != 1) {
      throw new Malformed("layer " + Malformed.quote(node.name()) + " dilates a mean");
    }
    AttributeProto counted = OnnxNodes.integer("count_include_pad", pool.countPadding() ? 1 : 0);
    put("AveragePool", inputs, window(w, pool.ceil(), counted));
  }

  private void activation(Layer.Activation activation) {
    String name = node.name();
    if (activation instanceof Layer.Relu) {
      put("Relu", inputs);
    } else if (activation instanceof Layer.Elu elu) {
      put("Elu", inputs, OnnxNodes.number("alpha", elu.alpha()));
    } else if (activation instanceof Layer.LeakyRelu leaky) {
      put("LeakyRelu", inputs, OnnxNodes.number("alpha", leaky.slope()));
    } else if (activation instanceof Layer.Clip clip) {
      String low = nodes.single(name, "min", (float) clip.low());
      put("Clip", with(low, nodes.single(name, "max", (float) clip.high())));
    } else if (activation instanceof Layer.Sigmoid) {
      put("Sigmoid", inputs);
    } else if (activation instanceof Layer.Tanh) {
      put("Tanh", inputs);
    } else if (activation instanceof Layer.Silu) {
      put("Mul", with(nodes.before("Sigmoid", name, inputs)));
    } else if (activation instanceof Layer.HardSwish) {
      put("Mul", with(nodes.before("HardSigmoid", name, inputs, sixth())));
    } else {
      put("HardSigmoid", inputs, sixth());
    }
  }

  private static AttributeProto sixth() {
    return OnnxNodes.number("alpha", 1.0 / 6);
  }

  private void product() {
    String left = inputs.get(0);
    for (int i = 1; i < inputs.size() - 1; i++) {
      left = nodes.before("Mul", node.name(), List.of(left, inputs.get(i)));
    }
    put("Mul", List.of(left, inputs.get(inputs.size() - 1)));
  }

  private void slice(long[] starts, long[] ends, long[] axes, int step) {
    String name = node.name();
    long[] steps = new long[axes.length];
    Arrays.fill(steps, step);
    put(
        "Slice",
        with(
            nodes.whole(name, "starts", starts),
            nodes.whole(name, "ends", ends),
            nodes.whole(name, "axes", axes),
            nodes.whole(name, "steps", steps)));
  }

  private void shuffle(int groups) {
    if (rank != 4) {
      throw new Malformed("layer " + Malformed.quote(node.name()) + " shuffles flat features");
    }
    String name = node.name();
    int each = from.channels() / groups;
    String split =
        nodes.before(
            "Reshape",
            name,
            with(nodes.whole(name, "groups", 0, groups, each, from.height(), from.width())));
    String turned =
        nodes.before("Transpose", name, List.of(split), OnnxNodes.integers("perm", 0, 2, 1, 3, 4));
    String whole = nodes.whole(name, "shape", 0, from.channels(), from.height(), from.width());
    put("Reshape", List.of(turned, whole));
  }

  private void affine(Layer.ChannelAffine affine) {
    boolean scales = affine.factors().stream().anyMatch(factor -> factor != 1);
    boolean shifts = affine.terms().stream().anyMatch(term -> term != 0);
    if (!shifts) {
      put("Mul", with(constants("factor", affine.factors())));
      return;
    }
    String product =
        scales
            ? nodes.before("Mul", node.name(), with(constants("factor", affine.factors())))
            : inputs.get(0);
    put("Add", List.of(product, constants("term", affine.terms())));
  }

  private String constants(String what, List<Float> values) {
    float[] numbers = new float[values.size()];
    for (int c = 0; c < numbers.length; c++) {
      numbers[c] = values.get(c);
    }
    int[] shape = rank == 4 ? new int[] {1, numbers.length, 1, 1} : new int[] {1, numbers.length};
    return nodes.constant(node.name(), what, WeightTensor.ofFloats(shape, numbers));
  }
}
