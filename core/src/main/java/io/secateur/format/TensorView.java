package io.secateur.format;

import io.secateur.nn.ElementType;
import io.secateur.nn.WeightTensor;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;

/**
 * A tensor as PyTorch stores it: a strided window of a storage. Element {@code (i, j, ...)} stands
 * at {@code offset + i * strides[0] + j * strides[1] + ...}.
 *
 * @param storage the raw data
 * @param offset position of the first element, in elements
 * @param shape extents; empty for a scalar
 * @param strides distance between neighbours in each dimension, in elements
 */
record TensorView(TorchStorage storage, long offset, long[] shape, long[] strides) {
  static final int MOST_DIMENSIONS = 64;

  /** Number of values, or -1 if the shape is no shape or has 2^31 values or more. */
  long size() {
    return elements(shape);
  }

  /**
   * Number of values of {@code shape}, or -1 if an extent is negative or any product leaves 31
   * bits.
   */
  static long elements(long[] shape) {
    long product = 1;
    boolean empty = false;
    for (long extent : shape) {
      if (extent < 0 || extent > Integer.MAX_VALUE) {
        return -1;
      }
      empty |= extent == 0;
      product *= Math.max(extent, 1);
      if (product > Integer.MAX_VALUE - 16) {
        return -1;
      }
    }
    return empty ? 0 : product;
  }

  /**
   * Refuses a view that leaves its storage; afterwards {@link #decode} cannot fail.
   *
   * @param name the tensor's name, for the message
   */
  void check(String name) {
    String who = "tensor " + Malformed.quote(name);
    if (shape.length > MOST_DIMENSIONS || shape.length != strides.length) {
      throw new Malformed(
          who + " has " + shape.length + " dimensions and " + strides.length + " strides");
    }
    long size = size();
    if (size < 0) {
      throw new Malformed(
          who + " has the shape " + Arrays.toString(shape) + ", which is too large or negative");
    }
    if (size == 0) {
      return;
    }
    long first = storage.viewOffset();
    long available = storage.viewCount();
    try {
      long last = offset;
      for (int d = 0; d < shape.length; d++) {
        if (strides[d] < 0) {
          throw new Malformed(who + " has a negative stride");
        }
        last = Math.addExact(last, Math.multiplyExact(shape[d] - 1, strides[d]));
      }
      if (offset < 0 || last >= available || first + last >= Integer.MAX_VALUE) {
        throw new Malformed(
            String.format(
                Locale.ROOT,
                "%s reaches value %s of a storage of %s",
                who,
                Malformed.count(last),
                Malformed.count(available)));
      }
    } catch (ArithmeticException e) {
      throw new Malformed(who + " has strides that overflow", e);
    }
  }

  /** The values in row-major order, out of {@code data}, the bytes of the whole storage. */
  WeightTensor decode(byte[] data) {
    ElementType type = storage.type();
    int[] extents = Arrays.stream(shape).mapToInt(extent -> (int) extent).toArray();
    int size = (int) size();
    ByteBuffer numbers = ElementCodec.littleEndian(data);
    float[] floats = new float[type.floating() ? size : 0];
    long[] integers = new long[type.floating() ? 0 : size];
    int[] index = new int[extents.length];
    long position = storage.viewOffset() + offset;
    for (int i = 0; i < size; i++) {
      int at = (int) (position * type.bytes());
      if (type.floating()) {
        floats[i] = ElementCodec.floating(type, numbers, at);
      } else {
        integers[i] = ElementCodec.integer(type, numbers, at);
      }
      for (int d = extents.length - 1; d >= 0; d--) {
        position += strides[d];
        if (++index[d] < extents[d]) {
          break;
        }
        position -= strides[d] * extents[d];
        index[d] = 0;
      }
    }
    return type.floating()
        ? WeightTensor.ofFloats(type, extents, floats)
        : WeightTensor.ofIntegers(type, extents, integers);
  }
}
