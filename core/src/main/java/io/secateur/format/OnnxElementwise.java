package io.secateur.format;

import io.secateur.nn.FeatureShape;
import io.secateur.nn.Layer;
import io.secateur.nn.WeightTensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;

/** Activations, and arithmetic of activations with one another and with constants. */
final class OnnxElementwise {
  private static final double SIXTH = 1.0 / 6;

  private OnnxElementwise() {}

  static OnnxValue activation(OnnxMapping mapping, OnnxNode node, Layer layer) {
    OnnxValue.Feature x = whole(mapping.feature(node, 0));
    return mapping.add(node, layer, x.rank(), x);
  }

  /** A gate: with a product behind it one layer. */
  static OnnxValue sigmoid(OnnxMapping mapping, OnnxNode node) {
    return new OnnxValue.Pending(new Layer.Sigmoid(), whole(mapping.feature(node, 0)), node);
  }

  static OnnxValue hardSigmoid(OnnxMapping mapping, OnnxNode node) {
    OnnxValue.Feature x = whole(mapping.feature(node, 0));
    double alpha = node.number("alpha", 0.2);
    double beta = node.number("beta", 0.5);
    if (Math.abs(alpha - SIXTH) < 1e-6 && beta == 0.5) {
      return new OnnxValue.Pending(new Layer.HardSigmoid(), x, node);
    }
    OnnxValue.Feature line =
        mapping.addBefore(node, "line", affine((float) alpha, (float) beta), x.rank(), x);
    return mapping.add(node, new Layer.Clip(0, 1), x.rank(), line);
  }

  static OnnxValue clip(OnnxMapping mapping, OnnxNode node) {
    double low = node.number("min", -Float.MAX_VALUE);
    double high = node.number("max", Float.MAX_VALUE);
    if (node.has(1)) {
      low = single(mapping.numbers(node, 1));
    }
    if (node.has(2)) {
      high = single(mapping.numbers(node, 2));
    }
    low = Math.max(low, -Float.MAX_VALUE);
    high = Math.min(high, Float.MAX_VALUE);
    if (!(low <= high)) {
      throw new OnnxRefusal("clips to [" + low + ", " + high + "]");
    }
    return activation(mapping, node, new Layer.Clip(low, high));
  }

  static OnnxValue swish(OnnxMapping mapping, OnnxNode node) {
    if (node.number("alpha", 1) != 1) {
      throw new OnnxRefusal("alpha is " + node.number("alpha", 1) + ", expected 1");
    }
    return activation(mapping, node, new Layer.Silu());
  }

  static OnnxValue dropout(OnnxMapping mapping, OnnxNode node) {
    if (node.has(2) && single(mapping.constant(node, 2)) != 0) {
      throw new OnnxRefusal("is in training mode; export the model for evaluation");
    }
    double rate = node.has(1) ? single(mapping.numbers(node, 1)) : node.number("ratio", 0.5);
    if (!(rate >= 0 && rate <= 1)) {
      throw new OnnxRefusal("ratio is " + rate);
    }
    return activation(mapping, node, new Layer.Dropout(rate));
  }

  /** The one number that a tensor holds. */
  static double single(WeightTensor tensor) {
    if (tensor.size() != 1) {
      throw new OnnxRefusal("reads " + tensor + " where one number is expected");
    }
    return tensor.type().floating()
        ? OnnxNode.decimal(tensor.at(0))
        : (double) tensor.integers()[0];
  }

  /** Add, Sub, Mul and Div of two values of which one at least depends on the image. */
  static OnnxValue binary(OnnxMapping mapping, OnnxNode node) {
    boolean constantFirst = mapping.value(node, 0) instanceof OnnxValue.Constant;
    if (constantFirst || mapping.value(node, 1) instanceof OnnxValue.Constant) {
      return withConstant(mapping, node, constantFirst ? 0 : 1);
    }
    switch (node.operator()) {
      case "Add" -> {
        return joined(mapping, node, new Layer.Add());
      }
      case "Mul" -> {
        return product(mapping, node);
      }
      case "Sub" -> {
        OnnxValue.Feature a = whole(mapping.feature(node, 0));
        OnnxValue.Feature b = whole(mapping.feature(node, 1));
        OnnxValue.Feature negative = mapping.addBefore(node, "minus", affine(-1, 0), b.rank(), b);
        return mapping.add(node, new Layer.Add(), sameRank(a, negative), a, negative);
      }
      default -> throw new OnnxRefusal("divides by what depends on the image");
    }
  }

  private static OnnxValue product(OnnxMapping mapping, OnnxNode node) {
    for (int gate = 0; gate < 2; gate++) {
      if (mapping.value(node, gate) instanceof OnnxValue.Pending pending
          && mapping.soleReader(node, gate)
          && mapping.feature(node, 1 - gate).equals(pending.source())) {
        if (pending.layer() instanceof Layer.Sigmoid) {
          return mapping.add(node, new Layer.Silu(), pending.source().rank(), pending.source());
        } else if (pending.layer() instanceof Layer.HardSigmoid) {
          return mapping.add(
              node, new Layer.HardSwish(), pending.source().rank(), pending.source());
        }
      }
    }
    FeatureShape a = mapping.shape(mapping.feature(node, 0));
    FeatureShape b = mapping.shape(mapping.feature(node, 1));
    boolean spread = a.height() * a.width() == 1 || b.height() * b.width() == 1;
    if (!spread && !a.equals(b)) {
      throw new OnnxRefusal("multiplies " + a + " by " + b);
    }
    return joined(mapping, node, new Layer.Multiply());
  }

  /** A layer that reads all inputs, which have one rank. */
  static OnnxValue joined(OnnxMapping mapping, OnnxNode node, Layer layer) {
    if (node.inputs().isEmpty()) {
      throw new OnnxRefusal("has no inputs");
    }
    OnnxValue.Feature[] parts = new OnnxValue.Feature[node.inputs().size()];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = whole(mapping.feature(node, i));
      sameRank(parts[0], parts[i]);
    }
    return mapping.add(node, layer, parts[0].rank(), parts);
  }

  private static int sameRank(OnnxValue.Feature a, OnnxValue.Feature b) {
    if (a.rank() != b.rank()) {
      throw new OnnxRefusal("joins values of rank " + a.rank() + " and " + b.rank());
    }
    return a.rank();
  }

  private static OnnxValue withConstant(OnnxMapping mapping, OnnxNode node, int constant) {
    OnnxValue other = mapping.value(node, 1 - constant);
    boolean alone = mapping.soleReader(node, 1 - constant);
    String operator = node.operator();
    WeightTensor values = mapping.numbers(node, constant);
    if (other instanceof OnnxValue.Product product && operator.equals("Add") && alone) {
      return OnnxLinear.biased(mapping, product, node, constant);
    }
    if (operator.equals("Div") && constant == 0) {
      throw new OnnxRefusal("divides by what depends on the image");
    }
    List<Float> numbers = channels(mapping, node, 1 - constant, values);
    boolean scales = operator.equals("Mul") || operator.equals("Div");
    if (scales) {
      List<Float> factors = operator.equals("Div") ? each(numbers, v -> 1 / v) : numbers;
      return pending(mapping, node, 1 - constant, factors, List.of(0f));
    }
    boolean negated = operator.equals("Sub") && constant == 0;
    List<Float> terms = operator.equals("Sub") && constant == 1 ? each(numbers, v -> -v) : numbers;
    boolean behindProduct =
        mapping.value(node, 1 - constant) instanceof OnnxValue.Pending pending
            && pending.layer() instanceof Layer.ChannelAffine;
    if (!negated && alone && behindProduct) {
      OnnxValue.Pending before = (OnnxValue.Pending) mapping.value(node, 1 - constant);
      Layer.ChannelAffine line = (Layer.ChannelAffine) before.layer();
      if (line.terms().stream().allMatch(term -> term == 0)) {
        return new OnnxValue.Pending(
            new Layer.ChannelAffine(line.factors(), terms), before.source(), node);
      }
    }
    return pending(mapping, node, 1 - constant, List.of(negated ? -1f : 1f), terms);
  }

  private static OnnxValue pending(
      OnnxMapping mapping, OnnxNode node, int at, List<Float> factors, List<Float> terms) {
    OnnxValue.Feature x = whole(mapping.feature(node, at));
    return new OnnxValue.Pending(new Layer.ChannelAffine(factors, terms), x, node);
  }

  private static List<Float> each(List<Float> values, UnaryOperator<Float> of) {
    return values.stream().map(of).toList();
  }

  /** One number for all channels or one for each. */
  private static List<Float> channels(
      OnnxMapping mapping, OnnxNode node, int at, WeightTensor values) {
    OnnxValue before = mapping.value(node, at);
    OnnxValue.Feature x =
        before instanceof OnnxValue.Pending pending ? pending.source() : mapping.feature(node, at);
    int channels = mapping.shape(whole(x)).channels();
    int[] shape = values.shape();
    if (shape.length > x.rank()) {
      throw new OnnxRefusal("adds axes by a constant " + values);
    }
    if (values.size() == 1) {
      return Collections.nCopies(1, values.at(0));
    }
    int axis = shape.length - (x.rank() - 1);
    if (values.size() != channels || axis < 0 || shape[axis] != channels) {
      throw new OnnxRefusal(
          "combines a constant "
              + values
              + " with "
              + channels
              + " channels; expected one number"
              + " for each channel or one for all");
    }
    List<Float> numbers = new ArrayList<>();
    for (float value : values.floats()) {
      numbers.add(value);
    }
    return numbers;
  }

  private static Layer affine(float factor, float term) {
    return new Layer.ChannelAffine(List.of(factor), List.of(term));
  }

  private static OnnxValue.Feature whole(OnnxValue.Feature x) {
    if (x.rank() == 3) {
      throw new OnnxRefusal("reads a value of rank 3");
    }
    return x;
  }
}
