package io.secateur.nn;

import java.util.Arrays;

/**
 * One stored tensor as plain Java values, row-major. Floating tensors hold {@code float[]} (a
 * stored F64 is rounded to single precision, which is all that the engine computes with), those of
 * 16 bits only numbers that such a type has, so that a network computes what its file will compute;
 * integer and boolean tensors hold {@code long[]}. Immutable: arrays are copied in and out.
 */
public final class WeightTensor {
  private final ElementType type;
  private final int[] shape;
  private final float[] floats;
  private final long[] integers;

  private WeightTensor(ElementType type, int[] shape, float[] floats, long[] integers) {
    this.type = type;
    this.shape = shape.clone();
    this.floats = floats;
    this.integers = integers;
    long expected = elements(shape);
    int actual = type.floating() ? floats.length : integers.length;
    if (expected != actual) {
      throw new IllegalArgumentException(
          "shape " + Arrays.toString(shape) + " needs " + expected + " values, got " + actual);
    }
  }

  /**
   * A floating tensor that will be stored as {@code type}; values are rounded to it, but for those
   * that are too large for it.
   */
  public static WeightTensor ofFloats(ElementType type, int[] shape, float[] values) {
    if (!type.floating()) {
      throw new IllegalArgumentException(type + " is not a floating type");
    }
    float[] own = values.clone();
    if (type.bytes() == 2) {
      for (int i = 0; i < own.length; i++) {
        own[i] = HalfPrecision.rounded(type, own[i]);
      }
    }
    return new WeightTensor(type, shape, own, new long[0]);
  }

  /** A float32 tensor. */
  public static WeightTensor ofFloats(int[] shape, float[] values) {
    return ofFloats(ElementType.F32, shape, values);
  }

  /** An integer or boolean tensor. */
  public static WeightTensor ofIntegers(ElementType type, int[] shape, long[] values) {
    if (type.floating()) {
      throw new IllegalArgumentException(type + " is a floating type");
    }
    return new WeightTensor(type, shape, new float[0], values.clone());
  }

  /** The stored element type. */
  public ElementType type() {
    return type;
  }

  /** The shape; empty for a scalar. */
  public int[] shape() {
    return shape.clone();
  }

  /** Number of elements. */
  public int size() {
    return type.floating() ? floats.length : integers.length;
  }

  /** A copy of the values of a floating tensor. */
  public float[] floats() {
    if (!type.floating()) {
      throw new IllegalStateException(type + " tensor has no floating values");
    }
    return floats.clone();
  }

  /** A copy of the values of an integer tensor. */
  public long[] integers() {
    if (type.floating()) {
      throw new IllegalStateException(type + " tensor has no integer values");
    }
    return integers.clone();
  }

  /** One value of a floating tensor by its row-major position. */
  public float at(int index) {
    return floats[index];
  }

  /** The same shape and stored type with other values. */
  public WeightTensor withFloats(float[] values) {
    return ofFloats(type, shape, values);
  }

  /** Whether any value of a floating tensor is NaN or infinite. */
  public boolean hasNonFinite() {
    for (float value : floats) {
      if (!Float.isFinite(value)) {
        return true;
      }
    }
    return false;
  }

  private static long elements(int[] shape) {
    long count = 1;
    for (int extent : shape) {
      if (extent < 0) {
        throw new IllegalArgumentException("negative extent in shape " + Arrays.toString(shape));
      }
      count = Math.multiplyExact(count, (long) extent);
    }
    return count;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof WeightTensor that
        && type == that.type
        && Arrays.equals(shape, that.shape)
        && Arrays.equals(floats, that.floats)
        && Arrays.equals(integers, that.integers);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(shape)
        + (type.floating() ? Arrays.hashCode(floats) : Arrays.hashCode(integers));
  }

  @Override
  public String toString() {
    return type + Arrays.toString(shape);
  }
}
