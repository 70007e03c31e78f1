package io.secateur.format;

import io.secateur.nn.Layer;
import io.secateur.nn.WeightTensor;

/** Gemm, and MatMul with or without an Add behind it, as linear layers. */
final class OnnxLinear {
  private OnnxLinear() {}

  static OnnxValue gemm(OnnxMapping mapping, OnnxNode node) {
    if (node.flag("transA", false)) {
      throw new OnnxRefusal("transposes its first input");
    }
    OnnxValue.Feature x = mapping.feature(node, 0, 2);
    WeightTensor matrix = mapping.numbers(node, 1);
    boolean transposed = !node.flag("transB", false);
    double alpha = node.number("alpha", 1);
    double beta = node.number("beta", 1);
    if (alpha == 0 || !Double.isFinite(alpha) || !Double.isFinite(beta)) {
      throw new OnnxRefusal("alpha is " + alpha + ", beta " + beta);
    }
    boolean bias = node.has(2) && beta != 0;
    String name = add(mapping, node, x, matrix, node.input(1), transposed, bias);
    mapping.bind(
        new OnnxBinding(name + ".weight", node.index(), 1, transposed, alpha),
        scaled(transposed ? turned(matrix) : matrix, alpha));
    if (bias) {
      WeightTensor values = bias(mapping.numbers(node, 2), outputs(matrix, transposed));
      mapping.bind(
          new OnnxBinding(name + ".bias", node.index(), 2, false, beta), scaled(values, beta));
    }
    return new OnnxValue.Feature(name, 2);
  }

  static OnnxValue matmul(OnnxMapping mapping, OnnxNode node) {
    OnnxValue.Feature x = mapping.feature(node, 0, 2);
    WeightTensor matrix = mapping.numbers(node, 1);
    check(mapping, x, matrix, true);
    return new OnnxValue.Product(x, node, matrix);
  }

  /** A product that nothing is added to. */
  static OnnxValue.Feature plain(OnnxMapping mapping, OnnxValue.Product product) {
    return with(mapping, product, false);
  }

  /** A product and the constant that {@code addition} adds to it as input {@code at}. */
  static OnnxValue biased(
      OnnxMapping mapping, OnnxValue.Product product, OnnxNode addition, int at) {
    WeightTensor values = bias(mapping.numbers(addition, at), outputs(product.matrix(), true));
    OnnxValue.Feature feature = with(mapping, product, true);
    mapping.bind(new OnnxBinding(feature.node() + ".bias", addition.index(), at, false, 1), values);
    return feature;
  }

  private static OnnxValue.Feature with(
      OnnxMapping mapping, OnnxValue.Product product, boolean bias) {
    OnnxNode node = product.by();
    String name = add(mapping, node, product.source(), product.matrix(), node.input(1), true, bias);
    mapping.bind(
        new OnnxBinding(name + ".weight", node.index(), 1, true, 1), turned(product.matrix()));
    return new OnnxValue.Feature(name, 2);
  }

  private static String add(
      OnnxMapping mapping,
      OnnxNode node,
      OnnxValue.Feature x,
      WeightTensor matrix,
      String weight,
      boolean transposed,
      boolean bias) {
    check(mapping, x, matrix, transposed);
    int[] shape = matrix.shape();
    Layer layer = new Layer.Linear(shape[transposed ? 0 : 1], outputs(matrix, transposed), bias);
    return mapping.addWeighted(node, weight, layer, 2, x);
  }

  private static void check(
      OnnxMapping mapping, OnnxValue.Feature x, WeightTensor matrix, boolean transposed) {
    int features = mapping.shape(x).channels();
    if (matrix.shape().length != 2 || matrix.shape()[transposed ? 0 : 1] != features) {
      throw new OnnxRefusal("multiplies " + features + " features by " + matrix);
    }
  }

  private static int outputs(WeightTensor matrix, boolean transposed) {
    return matrix.shape()[transposed ? 1 : 0];
  }

  private static WeightTensor turned(WeightTensor matrix) {
    int rows = matrix.shape()[0];
    int columns = matrix.shape()[1];
    float[] from = matrix.floats();
    float[] to = new float[from.length];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        to[c * rows + r] = from[r * columns + c];
      }
    }
    return WeightTensor.ofFloats(matrix.type(), new int[] {columns, rows}, to);
  }

  /** One number for each output, from a list, a row or a single number. */
  private static WeightTensor bias(WeightTensor given, int outputs) {
    int[] shape = given.shape();
    boolean row = shape.length == 0 || shape[shape.length - 1] == given.size();
    if (!row || given.size() != outputs && given.size() != 1) {
      throw new OnnxRefusal("adds " + given + " to " + outputs + " features");
    }
    float[] values = new float[outputs];
    for (int i = 0; i < outputs; i++) {
      values[i] = given.at(given.size() == 1 ? 0 : i);
    }
    return WeightTensor.ofFloats(given.type(), new int[] {outputs}, values);
  }

  private static WeightTensor scaled(WeightTensor tensor, double factor) {
    if (factor == 1) {
      return tensor;
    }
    float[] values = tensor.floats();
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (values[i] * factor);
    }
    return tensor.withFloats(values);
  }
}
