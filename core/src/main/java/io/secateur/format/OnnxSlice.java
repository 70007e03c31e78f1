package io.secateur.format;

import io.secateur.nn.WeightTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A Slice along one axis.
 *
 * @param axis as given, perhaps negative
 */
record OnnxSlice(long axis, long start, long end, long step) {
  /** The slices of a node, whose numbers are attributes in opset 9 and inputs later. */
  static List<OnnxSlice> of(OnnxNode node, List<@Nullable WeightTensor> inputs) {
    long[] starts = numbers(node, inputs, 1, "starts");
    long[] ends = numbers(node, inputs, 2, "ends");
    long[] axes = numbers(node, inputs, 3, "axes");
    long[] steps = numbers(node, inputs, 4, "steps");
    if (starts == null || ends == null || starts.length != ends.length) {
      throw new OnnxRefusal("starts and ends are not given, or not alike");
    }
    if (starts.length > TensorView.MOST_DIMENSIONS) {
      throw new OnnxRefusal("slices along " + starts.length + " axes");
    }
    List<OnnxSlice> slices = new ArrayList<>();
    for (int i = 0; i < starts.length; i++) {
      if (axes != null && axes.length <= i || steps != null && steps.length <= i) {
        throw new OnnxRefusal("has fewer axes or steps than starts");
      }
      long step = steps == null ? 1 : steps[i];
      if (step == 0) {
        throw new OnnxRefusal("steps by 0");
      }
      slices.add(new OnnxSlice(axes == null ? i : axes[i], starts[i], ends[i], step));
    }
    return slices;
  }

  private static long @Nullable [] numbers(
      OnnxNode node, List<@Nullable WeightTensor> inputs, int at, String key) {
    if (at < inputs.size()) {
      WeightTensor given = inputs.get(at);
      return given == null ? null : OnnxFolding.longs(given);
    }
    return node.integers(key);
  }

  /** The first index of an axis of {@code extent}, going forwards. */
  int first(int extent) {
    return clamped(start, extent, 0, extent);
  }

  /** The index behind the last one, going forwards. */
  int last(int extent) {
    return clamped(end, extent, 0, extent);
  }

  private static int clamped(long given, int extent, int least, int most) {
    return (int) Math.max(least, Math.min(most, given < 0 ? given + extent : given));
  }

  /** All indices that are kept, in order. */
  int[] indices(int extent) {
    int from = step > 0 ? first(extent) : clamped(start, extent, -1, extent - 1);
    int to = step > 0 ? last(extent) : clamped(end, extent, -1, extent - 1);
    long stride = Math.max(-extent - 1L, Math.min(extent + 1L, step));
    int count = (int) Math.max(0, (to - from + stride - Long.signum(stride)) / stride);
    return IntStream.range(0, count).map(i -> (int) (from + i * stride)).toArray();
  }
}
