package io.secateur.format;

import io.secateur.nn.ElementType;
import io.secateur.nn.WeightTensor;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.DoubleBinaryOperator;
import java.util.function.LongBinaryOperator;
import java.util.stream.IntStream;
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
          case "Shape" -> extents(first);
          case "ConstantOfShape" -> filled(longs(first), node.tensor("value", budget));
          default -> throw new OnnxRefusal("reads constants only");
        };
    return result;
  }

  /** Asks for the memory of a constant before it is made; answers with how many values it has. */
  private int take(int[] shape, ElementType type) {
    requireRank(shape.length);
    long count = OnnxTensors.count("a computed tensor", shape);
    budget.takeTensor("computed", type, count);
    return (int) count;
  }

  /** Axes of extent 1 cost a file nothing, and whoever looks at a shape goes over all of them. */
  private static void requireRank(int rank) {
    if (rank > TensorView.MOST_DIMENSIONS) {
      throw new OnnxRefusal(
          "makes a constant of rank " + rank + ", expected at most " + TensorView.MOST_DIMENSIONS);
    }
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

  /** Elements {@code source} of {@code tensor} in a new shape, for which memory was taken. */
  private static WeightTensor picked(WeightTensor tensor, int[] shape, int[] source) {
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
    int[] from = tensor.shape();
    requireRank(from.length + axes.length);
    boolean[] added = marked(axes, from.length + axes.length);
    int[] shape = new int[added.length];
    int at = 0;
    for (int d = 0; d < shape.length; d++) {
      shape[d] = added[d] ? 1 : from[at++];
    }
    return shape;
  }

  private static int[] squeezed(WeightTensor tensor, long @Nullable [] axes) {
    int[] from = tensor.shape();
    boolean[] gone = axes == null ? null : marked(axes, from.length);
    return IntStream.range(0, from.length)
        .filter(d -> gone == null ? from[d] != 1 : !gone[d])
        .map(d -> from[d])
        .toArray();
  }

  /** Which of {@code rank} axes are named; refused if one is named twice. */
  private static boolean[] marked(long[] axes, int rank) {
    boolean[] marked = new boolean[rank];
    for (long axis : axes) {
      int at = axis(axis, rank);
      if (marked[at]) {
        throw new OnnxRefusal("names axis " + at + " twice");
      }
      marked[at] = true;
    }
    return marked;
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
    requireRank(wanted.length);
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
    int[] between = indices.shape();
    int axis = axis(axisGiven, from.length);
    int[] shape = new int[from.length - 1 + between.length];
    System.arraycopy(from, 0, shape, 0, axis);
    System.arraycopy(between, 0, shape, axis, between.length);
    System.arraycopy(from, axis + 1, shape, axis + between.length, from.length - axis - 1);
    int count = take(shape, tensor.type());
    budget.takeWork(count);
    int[] rows = rows(longs(indices), from[axis]);
    int inner = product(from, axis + 1, from.length);
    return picked(tensor, shape, sources(count, rows, from[axis], inner));
  }

  private static int[] rows(long[] wanted, int extent) {
    return Arrays.stream(wanted).mapToInt(index -> axis(known(index), extent)).toArray();
  }

  /**
   * Where {@code count} gathered values stand: blocks of {@code extent} rows of {@code inner}
   * values each. Without values there may still be billions of blocks, so that values are counted.
   */
  private static int[] sources(int count, int[] rows, int extent, int inner) {
    int[] source = new int[count];
    int at = 0;
    for (int block = 0; at < count; block++) {
      for (int row : rows) {
        for (int i = 0; i < inner; i++) {
          source[at++] = (block * extent + row) * inner + i;
        }
      }
    }
    return source;
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
      int extent = result.shape()[axis];
      // A tensor without values may have any extent: the list of its rows is what takes memory.
      take(new int[] {extent}, ElementType.I64);
      int[] rows = slice.indices(extent);
      long[] wanted = Arrays.stream(rows).asLongStream().toArray();
      result = gather(result, integers(new int[] {wanted.length}, wanted), axis);
    }
    return result;
  }

  private WeightTensor transpose(WeightTensor tensor, long @Nullable [] perm) {
    int[] from = tensor.shape();
    int[] order = order(perm, from.length);
    int[] shape = Arrays.stream(order).map(axis -> from[axis]).toArray();
    int count = take(shape, tensor.type());
    budget.takeWork((long) count * shape.length);
    return picked(tensor, shape, turned(count, from, order));
  }

  private static int[] order(long @Nullable [] perm, int rank) {
    if (perm == null) {
      return IntStream.range(0, rank).map(d -> rank - 1 - d).toArray();
    }
    if (perm.length != rank) {
      throw new OnnxRefusal("permutes " + perm.length + " of " + rank + " axes");
    }
    marked(perm, rank);
    return Arrays.stream(perm).mapToInt(axis -> axis(axis, rank)).toArray();
  }

  /** Where each of {@code count} values stands before axes of extents {@code from} are permuted. */
  private static int[] turned(int count, int[] from, int[] order) {
    int[] source = new int[count];
    int[] old = new int[from.length];
    for (int i = 0; i < count; i++) {
      int at = 0;
      for (int d = 0; d < from.length; d++) {
        at = at * from[d] + old[d];
      }
      source[i] = at;
      for (int d = order.length - 1; d >= 0 && ++old[order[d]] == from[order[d]]; d--) {
        old[order[d]] = 0;
      }
    }
    return source;
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
    requireRank(extents.length);
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
    int count = take(shape, value == null ? ElementType.F32 : value.type());
    if (value != null && !value.type().floating()) {
      long[] values = new long[count];
      Arrays.fill(values, value.integers()[0]);
      return WeightTensor.ofIntegers(value.type(), shape, values);
    }
    float[] values = new float[count];
    Arrays.fill(values, value == null ? 0 : value.at(0));
    return WeightTensor.ofFloats(shape, values);
  }

  private WeightTensor extents(WeightTensor tensor) {
    int[] shape = {tensor.shape().length};
    take(shape, ElementType.I64);
    return integers(shape, Arrays.stream(tensor.shape()).asLongStream().toArray());
  }
}
