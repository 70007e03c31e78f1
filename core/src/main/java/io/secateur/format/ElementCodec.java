package io.secateur.format;

import io.secateur.nn.ElementType;
import io.secateur.nn.HalfPrecision;
import io.secateur.nn.WeightTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Little-endian numbers of every {@link ElementType} as they stand in files. */
final class ElementCodec {
  private ElementCodec() {}

  /** {@code bytes} as numbers may be read from it: little-endian. */
  static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The floating number at {@code position} bytes; F64 is rounded to single precision. */
  static float floating(ElementType type, ByteBuffer data, int position) {
    return switch (type) {
      case F16 -> HalfPrecision.halfToFloat(data.getShort(position));
      case BF16 -> HalfPrecision.brainToFloat(data.getShort(position));
      case F32 -> data.getFloat(position);
      case F64 -> (float) data.getDouble(position);
      case BOOL, U8, I8, I16, I32, I64 ->
          throw new IllegalArgumentException(type + " is not floating");
    };
  }

  /** The integer at {@code position} bytes; a truth value is 0 or 1. */
  static long integer(ElementType type, ByteBuffer data, int position) {
    return switch (type) {
      case BOOL -> data.get(position) == 0 ? 0 : 1;
      case U8 -> data.get(position) & 0xff;
      case I8 -> data.get(position);
      case I16 -> data.getShort(position);
      case I32 -> data.getInt(position);
      case I64 -> data.getLong(position);
      case F16, BF16, F32, F64 -> throw new IllegalArgumentException(type + " is floating");
    };
  }

  /**
   * All values of {@code tensor} in its stored type, row-major, little-endian.
   *
   * @throws Malformed naming {@code name} if a value does not fit the type or there are 2 GiB of
   *     them or more
   */
  static byte[] encode(String name, WeightTensor tensor) {
    ElementType type = tensor.type();
    long length = (long) tensor.size() * type.bytes();
    if (length > Integer.MAX_VALUE - 16) {
      throw new Malformed(
          "tensor " + Malformed.quote(name) + " has " + length + " bytes, more than 2 GiB");
    }
    ByteBuffer out = littleEndian(new byte[(int) length]);
    if (type.floating()) {
      for (float value : tensor.floats()) {
        putFloating(name, type, value, out);
      }
    } else {
      for (long value : tensor.integers()) {
        putInteger(name, type, value, out);
      }
    }
    return out.array();
  }

  private static void putFloating(String name, ElementType type, float value, ByteBuffer out) {
    switch (type) {
      case F16 -> {
        short half = HalfPrecision.floatToHalf(value);
        requireFits(name, type, value, (half & 0x7fff) == 0x7c00);
        out.putShort(half);
      }
      case BF16 -> {
        short half = HalfPrecision.floatToBrain(value);
        requireFits(name, type, value, (half & 0x7fff) == 0x7f80);
        out.putShort(half);
      }
      case F64 -> out.putDouble(value);
      default -> out.putFloat(value);
    }
  }

  private static void requireFits(
      String name, ElementType type, float value, boolean becameInfinite) {
    if (becameInfinite && Float.isFinite(value)) {
      throw new Malformed(
          "tensor " + Malformed.quote(name) + " holds " + value + ", too large for " + type);
    }
  }

  private static void putInteger(String name, ElementType type, long value, ByteBuffer out) {
    boolean fits =
        switch (type) {
          case BOOL -> value == 0 || value == 1;
          case U8 -> value >= 0 && value <= 255;
          case I8 -> value == (byte) value;
          case I16 -> value == (short) value;
          case I32 -> value == (int) value;
          default -> true;
        };
    if (!fits) {
      throw new Malformed(
          "tensor " + Malformed.quote(name) + " holds " + value + ", which is no " + type);
    }
    switch (type.bytes()) {
      case 1 -> out.put((byte) value);
      case 2 -> out.putShort((short) value);
      case 4 -> out.putInt((int) value);
      default -> out.putLong(value);
    }
  }
}
