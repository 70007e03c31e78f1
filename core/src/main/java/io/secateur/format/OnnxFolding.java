package io.secateur.format;

import io.secateur.nn.ElementType;
import io.secateur.nn.WeightTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.DoubleBinaryOperator;
import java.util.function.LongBinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Arithmetic with numbers that are known without an image: shapes, slices of them, weights that are
 * turned or converted. In integers {@link OnnxValue#BATCH} may be moved about, not computed with.
 */
final class OnnxFolding {
  /** The operators that are computed here where all inputs are known. */
  static final Set<String> OPERATORS =
      Set.of(
          "Identity",
          "Cast",
          "Gather",
          "Concat",
          "Unsqueeze",
          "Squeeze",
          "Reshape",
          "Flatten",
          "Slice",
          "Transpose",
          "Add",
          "Sub",
          "Mul",
          "Div",
          "Floor",
          "Ceil",
          "Neg",
          "Sqrt",
          "Reciprocal",
          "Shape",
          "ConstantOfShape");

  private final MemoryBudget budget;

  OnnxFolding(MemoryBudget budget) {
    this.budget = budget;
  }

  /** The output of {@code node} for known inputs; an absent one is null. */
  WeightTensor fold(OnnxNode node, List<@Nullable WeightTensor> inputs) {
    WeightTensor first = inputs.isEmpty() ? null : inputs.get(0);
    if (first == null) {
      throw new OnnxRefusal("its first input is missing");
    }
    WeightTensor second = inputs.size() > 1 ? inputs.get(1) : null;
    WeightTensor result =
        switch (node.operator()) {
          case "Identity" -> first;
          case "Cast" -> cast(first, (int) node.integer("to", 0));
          case "Gather" -> gather(first, present(second), (int) node.integer("axis", 0));
          case "Concat" -> concat(inputs, (int) node.integer("axis", 0));
          case "Unsqueeze" -> reshaped(first, unsqueezed(first, axes(node, second)));
          case "Squeeze" -> reshaped(first, squeezed(first, axes(node, second)));
          case "Reshape" -> reshaped(first, target(first, longs(present(second))));
          case "Flatten" -> flattened(first, (int) node.integer("axis", 1));
          case "Slice" -> slice(first, OnnxSlice.of(node, inputs));
          case "Transpose" -> transpose(first, node.integers("perm"));
          case "Add" -> combine(first, present(second), Math::addExact, Double::sum);
          case "Sub" -> combine(first, present(second), Math::subtractExact, (a, b) -> a - b);
          case "Mul" -> combine(first, present(second), Math::multiplyExact, (a, b) -> a * b);
          case "Div" -> combine(first, present(second), OnnxFolding::quotient, (a, b) -> a / b);
          case "Floor", "Ceil", "Neg", "Sqrt", "Reciprocal" -> function(node.operator(), first);
          case "Shape" -> integers(new int[] {first.shape().length}, widened(first.shape()));
          case "ConstantOfShape" -> filled(longs(first), node.tensor("value", budget));
          default -> throw new OnnxRefusal("reads constants only");
        };
    return result;
  }

  private void take(int[] shape, ElementType type) {
    budget.takeTensor("computed", type, OnnxTensors.count("a computed tensor", shape));
  }

  /** Integers as ONNX computes them. */
  static WeightTensor integers(int[] shape, long... values) {
    return WeightTensor.ofIntegers(ElementType.I64, shape, values);
  }

  /** The values of an integer tensor. */
  static long[] longs(WeightTensor tensor) {
    if (tensor.type().floating()) {
      throw new OnnxRefusal("reads " + tensor + " where whole numbers are expected");
    }
    return tensor.integers();
  }

  private static WeightTensor present(@Nullable WeightTensor tensor) {
    if (tensor == null) {
      throw new OnnxRefusal("its second input is missing");
    }
    return tensor;
  }

  private static long @Nullable [] axes(OnnxNode node, @Nullable WeightTensor given) {
    return given == null ? node.integers("axes") : longs(given);
  }

  private WeightTensor cast(WeightTensor tensor, int code) {
    ElementType type = OnnxTensors.type(code);
    if (type == null) {
      throw new OnnxRefusal("casts to ONNX data type " + code);
    }
    take(tensor.shape(), type);
    if (type.floating() && tensor.type().floating()) {
      return WeightTensor.ofFloats(type, tensor.shape(), tensor.floats());
    } else if (type.floating()) {
      float[] values = new float[tensor.size()];
      long[] from = tensor.integers();
      for (int i = 0; i < values.length; i++) {
        values[i] = known(from[i]);
      }
      return WeightTensor.ofFloats(type, tensor.shape(), values);
    }
    long[] values = tensor.type().floating() ? new long[tensor.size()] : tensor.integers();
    for (int i = 0; i < values.length && tensor.type().floating(); i++) {
      values[i] = (long) tensor.at(i);
    }
    return WeightTensor.ofIntegers(type, tensor.shape(), values);
  }

  private static long known(long value) {
    if (value == OnnxValue.BATCH) {
      throw new OnnxRefusal("computes with the number of images");
    }
    return value;
  }

  /** Elements {@code source} of {@code tensor} in a new shape. */
  private WeightTensor picked(WeightTensor tensor, int[] shape, int[] source) {
    take(shape, tensor.type());
    if (tensor.type().floating()) {
      float[] from = tensor.floats();
      float[] values = new float[source.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = from[source[i]];
      }
      return WeightTensor.ofFloats(tensor.type(), shape, values);
    }
    long[] from = tensor.integers();
    return WeightTensor.ofIntegers(
        tensor.type(), shape, Arrays.stream(source).mapToLong(i -> from[i]).toArray());
  }

  private WeightTensor reshaped(WeightTensor tensor, int[] shape) {
    take(shape, tensor.type());
    return tensor.type().floating()
        ? WeightTensor.ofFloats(tensor.type(), shape, tensor.floats())
        : WeightTensor.ofIntegers(tensor.type(), shape, tensor.integers());
  }

  private static int[] unsqueezed(WeightTensor tensor, long @Nullable [] axes) {
    if (axes == null) {
      throw new OnnxRefusal("has no axes");
    }
    List<Integer> shape = new ArrayList<>();
    for (int extent : tensor.shape()) {
      shape.add(extent);
    }
    int rank = shape.size() + axes.length;
    int[] sorted = Arrays.stream(axes).mapToInt(axis -> axis(axis, rank)).sorted().toArray();
    for (int axis : sorted) {
      shape.add(Math.min(axis, shape.size()), 1);
    }
    return shape.stream().mapToInt(Integer::intValue).toArray();
  }

  private static int[] squeezed(WeightTensor tensor, long @Nullable [] axes) {
    int[] from = tensor.shape();
    List<Integer> shape = new ArrayList<>();
    for (int d = 0; d < from.length; d++) {
      int at = d;
      boolean gone =
          axes == null
              ? from[d] == 1
              : Arrays.stream(axes).anyMatch(axis -> axis(axis, from.length) == at);
      if (!gone) {
        shape.add(from[d]);
      }
    }
    return shape.stream().mapToInt(Integer::intValue).toArray();
  }

  /** An axis counted from the front; refused outside the rank. */
  static int axis(long axis, int rank) {
    long at = axis < 0 ? axis + rank : axis;
    if (at < 0 || at >= rank) {
      throw new OnnxRefusal("axis " + axis + " of a tensor of rank " + rank);
    }
    return (int) at;
  }

  private static int[] target(WeightTensor tensor, long[] wanted) {
    int[] shape = new int[wanted.length];
    long rest = 1;
    int open = -1;
    for (int d = 0; d < shape.length; d++) {
      long extent = wanted[d] == 0 && d < tensor.shape().length ? tensor.shape()[d] : wanted[d];
      if (extent == -1 && open < 0) {
        open = d;
        continue;
      }
      if (extent < 0 || extent > Integer.MAX_VALUE) {
        throw new OnnxRefusal("reshapes a constant to " + Arrays.toString(wanted));
      }
      shape[d] = (int) extent;
      rest = Math.multiplyExact(rest, extent);
    }
    if (open >= 0) {
      shape[open] = rest == 0 ? 0 : (int) (tensor.size() / rest);
    }
    return shape;
  }

  private WeightTensor flattened(WeightTensor tensor, int axis) {
    int rows = 1;
    for (int d = 0; d < axis && d < tensor.shape().length; d++) {
      rows = Math.multiplyExact(rows, tensor.shape()[d]);
    }
    return reshaped(tensor, new int[] {rows, rows == 0 ? 0 : tensor.size() / rows});
  }

  private WeightTensor gather(WeightTensor tensor, WeightTensor indices, int axisGiven) {
    int[] from = tensor.shape();
    int axis = axis(axisGiven, from.length);
    int inner = product(from, axis + 1, from.length);
    int outer = product(from, 0, axis);
    long[] wanted = longs(indices);
    int[] shape = new int[from.length - 1 + indices.shape().length];
    System.arraycopy(from, 0, shape, 0, axis);
    System.arraycopy(indices.shape(), 0, shape, axis, indices.shape().length);
    System.arraycopy(from, axis + 1, shape, axis + indices.shape().length, from.length - axis - 1);
    int[] source = new int[(int) OnnxTensors.count("a gathered tensor", shape)];
    int at = 0;
    for (int o = 0; o < outer; o++) {
      for (long index : wanted) {
        int row = axis(known(index), from[axis]);
        for (int i = 0; i < inner; i++) {
          source[at++] = (o * from[axis] + row) * inner + i;
        }
      }
    }
    return picked(tensor, shape, source);
  }

  private static int product(int[] shape, int begin, int end) {
    int product = 1;
    for (int d = begin; d < end; d++) {
      product = Math.multiplyExact(product, shape[d]);
    }
    return product;
  }

  private WeightTensor concat(List<@Nullable WeightTensor> parts, int axisGiven) {
    int count = 0;
    for (WeightTensor part : parts) {
      if (part == null || part.shape().length != 1 || axis(axisGiven, 1) != 0) {
        throw new OnnxRefusal("joins constants that are no lists of whole numbers");
      }
      count = Math.addExact(count, part.size());
    }
    take(new int[] {count}, ElementType.I64);
    long[] values = new long[count];
    int at = 0;
    for (WeightTensor part : parts) {
      if (part != null) {
        System.arraycopy(longs(part), 0, values, at, part.size());
        at += part.size();
      }
    }
    return integers(new int[] {count}, values);
  }

  private WeightTensor slice(WeightTensor tensor, List<OnnxSlice> slices) {
    WeightTensor result = tensor;
    for (OnnxSlice slice : slices) {
      int axis = axis(slice.axis(), result.shape().length);
      int[] rows = slice.indices(result.shape()[axis]);
      long[] wanted = Arrays.stream(rows).asLongStream().toArray();
      result = gather(result, integers(new int[] {wanted.length}, wanted), axis);
    }
    return result;
  }

  private WeightTensor transpose(WeightTensor tensor, long @Nullable [] perm) {
    int[] from = tensor.shape();
    int rank = from.length;
    int[] order = new int[rank];
    boolean[] seen = new boolean[rank];
    for (int d = 0; d < rank; d++) {
      if (perm != null && perm.length != rank) {
        throw new OnnxRefusal("permutes " + perm.length + " of " + rank + " axes");
      }
      order[d] = perm == null ? rank - 1 - d : axis(perm[d], rank);
      if (seen[order[d]]) {
        throw new OnnxRefusal("permutes axes by " + Arrays.toString(perm));
      }
      seen[order[d]] = true;
    }
    int[] shape = new int[rank];
    for (int d = 0; d < rank; d++) {
      shape[d] = from[order[d]];
    }
    int[] source = new int[tensor.size()];
    int[] position = new int[rank];
    for (int i = 0; i < source.length; i++) {
      int at = 0;
      int[] old = new int[rank];
      for (int d = 0; d < rank; d++) {
        old[order[d]] = position[d];
      }
      for (int d = 0; d < rank; d++) {
        at = at * from[d] + old[d];
      }
      source[i] = at;
      for (int d = rank - 1; d >= 0 && ++position[d] == shape[d]; d--) {
        position[d] = 0;
      }
    }
    return picked(tensor, shape, source);
  }

  private static long quotient(long a, long b) {
    if (b == 0) {
      throw new OnnxRefusal("divides by zero");
    }
    return a / b;
  }

  /** Element by element; one of both may be a single number. */
  private WeightTensor combine(
      WeightTensor a, WeightTensor b, LongBinaryOperator whole, DoubleBinaryOperator real) {
    int size = Math.max(a.size(), b.size());
    boolean fit = Arrays.equals(a.shape(), b.shape()) || a.size() == 1 || b.size() == 1;
    if (!fit || a.type().floating() != b.type().floating() || a.size() == 0 || b.size() == 0) {
      throw new OnnxRefusal("combines constants " + a + " and " + b);
    }
    int[] shape = a.size() == size && a.shape().length >= b.shape().length ? a.shape() : b.shape();
    take(shape, a.type());
    if (a.type().floating()) {
      float[] values = new float[size];
      for (int i = 0; i < size; i++) {
        values[i] = (float) real.applyAsDouble(a.at(i % a.size()), b.at(i % b.size()));
      }
      return WeightTensor.ofFloats(a.type(), shape, values);
    }
    long[] left = a.integers();
    long[] right = b.integers();
    long[] values = new long[size];
    try {
      for (int i = 0; i < size; i++) {
        values[i] = whole.applyAsLong(known(left[i % left.length]), known(right[i % right.length]));
      }
      return WeightTensor.ofIntegers(a.type(), shape, values);
    } catch (ArithmeticException e) {
      throw new OnnxRefusal("computes numbers that are too large");
    }
  }

  private WeightTensor function(String operator, WeightTensor tensor) {
    if (!tensor.type().floating()) {
      throw new OnnxRefusal("reads whole numbers");
    }
    take(tensor.shape(), tensor.type());
    float[] values = tensor.floats();
    for (int i = 0; i < values.length; i++) {
      double x = values[i];
      values[i] =
          (float)
              switch (operator) {
                case "Floor" -> Math.floor(x);
                case "Ceil" -> Math.ceil(x);
                case "Neg" -> -x;
                case "Sqrt" -> Math.sqrt(x);
                default -> 1 / x;
              };
    }
    return WeightTensor.ofFloats(tensor.type(), tensor.shape(), values);
  }

  private WeightTensor filled(long[] extents, @Nullable WeightTensor value) {
    int[] shape = new int[extents.length];
    for (int d = 0; d < shape.length; d++) {
      if (extents[d] < 0 || extents[d] > Integer.MAX_VALUE) {
        throw new OnnxRefusal("makes a constant of extent " + extents[d]);
      }
      shape[d] = (int) extents[d];
    }
    if (value != null && value.size() != 1) {
      throw new OnnxRefusal("fills a constant with " + value + ", expected one number");
    }
    take(shape, value == null ? ElementType.F32 : value.type());
    int count = (int) OnnxTensors.count("a filled tensor", shape);
    if (value != null && !value.type().floating()) {
      long[] values = new long[count];
      Arrays.fill(values, value.integers()[0]);
      return WeightTensor.ofIntegers(value.type(), shape, values);
    }
    float[] values = new float[count];
    Arrays.fill(values, value == null ? 0 : value.at(0));
    return WeightTensor.ofFloats(shape, values);
  }

  private static long[] widened(int[] shape) {
    return Arrays.stream(shape).asLongStream().toArray();
  }
}
