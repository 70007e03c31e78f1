package io.secateur.prune;

import io.secateur.nn.ElementType;
import io.secateur.nn.WeightTensor;
import io.secateur.nn.Weights;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * What tensors held before they were changed, where it differs, to the bit: enough to get them back
 * from the changed ones. For each changed tensor {@code name} the patch holds
 *
 * <ul>
 *   <li>{@code name#shape}: its shape before
 *   <li>{@code name#gone} and {@code name#changed}, [n, 2]: first position and length of each run
 *       of values that are no longer there, and of values that are others now; positions are
 *       row-major in the shape before
 *   <li>{@code name#values}: the old values, those of the first runs before those of the second
 * </ul>
 */
public final class WeightPatch {
  private static final String SHAPE = "#shape";
  private static final String GONE = "#gone";
  private static final String CHANGED = "#changed";
  private static final String VALUES = "#values";

  private WeightPatch() {}

  /**
   * The way back from {@code after} to {@code before}.
   *
   * @param kept for a tensor that lost values the positions of those that are left, in their order;
   *     empty for others
   * @throws IllegalArgumentException if the two have other names or types, or {@code kept} is not
   *     what was kept
   */
  public static Weights between(
      Weights before, Weights after, Function<String, Optional<BitSet>> kept) {
    if (!before.names().equals(after.names())) {
      throw new IllegalArgumentException("the tensors before and after have different names");
    }
    Map<String, WeightTensor> patch = new LinkedHashMap<>();
    for (String name : before.names()) {
      WeightTensor old = before.get(name);
      WeightTensor now = after.get(name);
      BitSet gone = new BitSet();
      gone.set(0, old.size());
      kept.apply(name).ifPresentOrElse(gone::andNot, gone::clear);
      if (old.type() != now.type() || old.size() - gone.cardinality() != now.size()) {
        throw new IllegalArgumentException("'" + name + "' became another tensor");
      }
      BitSet changed = changed(old, now, gone);
      if (gone.isEmpty() && changed.isEmpty()) {
        continue;
      }
      patch.put(name + SHAPE, integers(old.shape()));
      patch.put(name + GONE, runs(gone));
      patch.put(name + CHANGED, runs(changed));
      patch.put(name + VALUES, values(old, gone, changed));
    }
    return Weights.of(patch);
  }

  /**
   * The tensors before, given those after.
   *
   * @throws IllegalArgumentException if {@code patch} was not made for them; naming the tensor
   */
  public static Weights restore(Weights after, Weights patch) {
    Map<String, WeightTensor> restored = new LinkedHashMap<>();
    int used = 0;
    for (String name : after.names()) {
      if (patch.find(name + SHAPE).isPresent()) {
        used += 4;
        restored.put(name, restored(name, after.get(name), patch));
      }
    }
    if (used != patch.names().size()) {
      throw new IllegalArgumentException("it is about tensors that the model does not have");
    }
    return after.with(restored);
  }

  private static WeightTensor restored(String name, WeightTensor now, Weights patch) {
    WeightTensor values = part(patch, name + VALUES);
    int[] shape = shape(name, part(patch, name + SHAPE));
    long lost = length(part(patch, name + GONE), name + GONE);
    long total = now.size() + lost;
    if (lost > values.size()
        || total > Integer.MAX_VALUE - 16
        || total != elements(shape)
        || values.type() != now.type()) {
      throw unfit(name);
    }
    int size = (int) total;
    BitSet gone = positions(part(patch, name + GONE), size, name + GONE);
    BitSet changed = positions(part(patch, name + CHANGED), size, name + CHANGED);
    if (gone.intersects(changed) || gone.cardinality() + changed.cardinality() != values.size()) {
      throw unfit(name);
    }
    boolean floating = now.type().floating();
    float[] floats = new float[floating ? size : 0];
    long[] integers = new long[floating ? 0 : size];
    float[] nowFloats = floating ? now.floats() : new float[0];
    float[] oldFloats = floating ? values.floats() : new float[0];
    long[] nowIntegers = floating ? new long[0] : now.integers();
    long[] oldIntegers = floating ? new long[0] : values.integers();
    int next = 0;
    int fromGone = 0;
    int fromChanged = gone.cardinality();
    for (int p = 0; p < size; p++) {
      boolean old = gone.get(p) || changed.get(p);
      int source = gone.get(p) ? fromGone++ : changed.get(p) ? fromChanged++ : next;
      next += gone.get(p) ? 0 : 1;
      if (floating) {
        floats[p] = old ? oldFloats[source] : nowFloats[source];
      } else {
        integers[p] = old ? oldIntegers[source] : nowIntegers[source];
      }
    }
    return floating
        ? WeightTensor.ofFloats(now.type(), shape, floats)
        : WeightTensor.ofIntegers(now.type(), shape, integers);
  }

  private static WeightTensor part(Weights patch, String name) {
    return patch.find(name).orElseThrow(() -> unfit(name));
  }

  private static IllegalArgumentException unfit(String name) {
    return new IllegalArgumentException("'" + name + "' does not fit the model's tensor");
  }

  private static int[] shape(String name, WeightTensor stored) {
    if (stored.type() != ElementType.I32 || stored.shape().length != 1) {
      throw unfit(name + SHAPE);
    }
    int[] shape = Arrays.stream(stored.integers()).mapToInt(extent -> (int) extent).toArray();
    if (Arrays.stream(shape).anyMatch(extent -> extent < 0)) {
      throw unfit(name + SHAPE);
    }
    return shape;
  }

  /** −1 where they are more than can be counted. */
  private static long elements(int[] shape) {
    try {
      return Arrays.stream(shape).asLongStream().reduce(1, Math::multiplyExact);
    } catch (ArithmeticException e) {
      return -1;
    }
  }

  /** Values in all runs. */
  private static long length(WeightTensor runs, String name) {
    long total = 0;
    long[] pairs = pairs(runs, name);
    for (int i = 1; i < pairs.length; i += 2) {
      total += pairs[i];
    }
    return total;
  }

  private static long[] pairs(WeightTensor runs, String name) {
    int[] shape = runs.shape();
    if (runs.type() != ElementType.I32 || shape.length != 2 || shape[1] != 2) {
      throw unfit(name);
    }
    long end = 0;
    long[] pairs = runs.integers();
    for (int i = 0; i < pairs.length; i += 2) {
      if (pairs[i] < end || pairs[i + 1] < 1) {
        throw unfit(name);
      }
      end = pairs[i] + pairs[i + 1];
    }
    return pairs;
  }

  private static BitSet positions(WeightTensor runs, int size, String name) {
    long[] pairs = pairs(runs, name);
    BitSet positions = new BitSet();
    for (int i = 0; i < pairs.length; i += 2) {
      if (pairs[i] + pairs[i + 1] > size) {
        throw unfit(name);
      }
      positions.set((int) pairs[i], (int) (pairs[i] + pairs[i + 1]));
    }
    return positions;
  }

  /** Positions of values whose bits differ, among those that are still there. */
  private static BitSet changed(WeightTensor old, WeightTensor now, BitSet gone) {
    BitSet changed = new BitSet();
    boolean floating = old.type().floating();
    float[] oldFloats = floating ? old.floats() : new float[0];
    float[] nowFloats = floating ? now.floats() : new float[0];
    long[] oldIntegers = floating ? new long[0] : old.integers();
    long[] nowIntegers = floating ? new long[0] : now.integers();
    int next = 0;
    for (int p = gone.nextClearBit(0); p < old.size(); p = gone.nextClearBit(p + 1)) {
      boolean same =
          floating
              ? Float.floatToRawIntBits(oldFloats[p]) == Float.floatToRawIntBits(nowFloats[next])
              : oldIntegers[p] == nowIntegers[next];
      changed.set(p, !same);
      next++;
    }
    return changed;
  }

  private static WeightTensor runs(BitSet positions) {
    long[] pairs = new long[2];
    int length = 0;
    for (int p = positions.nextSetBit(0); p >= 0; ) {
      int end = positions.nextClearBit(p);
      pairs = length + 2 > pairs.length ? Arrays.copyOf(pairs, 2 * pairs.length) : pairs;
      pairs[length++] = p;
      pairs[length++] = end - p;
      p = positions.nextSetBit(end);
    }
    return WeightTensor.ofIntegers(
        ElementType.I32, new int[] {length / 2, 2}, Arrays.copyOf(pairs, length));
  }

  private static WeightTensor values(WeightTensor old, BitSet gone, BitSet changed) {
    int[] positions = IntStream.concat(gone.stream(), changed.stream()).toArray();
    int[] shape = {positions.length};
    if (old.type().floating()) {
      float[] all = old.floats();
      float[] values = new float[positions.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = all[positions[i]];
      }
      return WeightTensor.ofFloats(old.type(), shape, values);
    }
    long[] all = old.integers();
    long[] values = Arrays.stream(positions).mapToLong(p -> all[p]).toArray();
    return WeightTensor.ofIntegers(old.type(), shape, values);
  }

  private static WeightTensor integers(int[] values) {
    return WeightTensor.ofIntegers(
        ElementType.I32, new int[] {values.length}, Arrays.stream(values).asLongStream().toArray());
  }
}
