package io.secateur.format;

import io.secateur.nn.ElementType;
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
      case F16 -> halfToFloat(data.getShort(position));
      case BF16 -> Float.intBitsToFloat(data.getShort(position) << 16);
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
        short half = floatToHalf(value);
        requireFits(name, type, value, (half & 0x7fff) == 0x7c00);
        out.putShort(half);
      }
      case BF16 -> {
        short half = floatToBrain(value);
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

  /** IEEE 754 binary16 to binary32; exact. */
  static float halfToFloat(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = (half >>> 10) & 0x1f;
    int fraction = half & 0x3ff;
    if (exponent == 0) {
      float magnitude = fraction * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    int rebased = exponent == 0x1f ? 0xff : exponent + 112;
    return Float.intBitsToFloat(sign | rebased << 23 | fraction << 13);
  }

  /** IEEE 754 binary32 to binary16, to nearest, ties to even; 65520 and above become infinite. */
  static short floatToHalf(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = bits >>> 16 & 0x8000;
    int magnitude = bits & 0x7fffffff;
    if (magnitude > 0x7f800000) {
      return (short) (sign | 0x7e00 | magnitude >>> 13 & 0x3ff);
    }
    if (magnitude >= 0x477ff000) {
      return (short) (sign | 0x7c00);
    }
    if (magnitude >= 0x38800000) {
      int rebased = magnitude - (112 << 23);
      return (short) (sign | rebased + 0xfff + (rebased >>> 13 & 1) >>> 13);
    }
    return (short) (sign | (int) Math.rint(Math.abs((double) value) * 0x1p24));
  }

  /** binary32 to bfloat16 (its upper half), to nearest, ties to even. */
  static short floatToBrain(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) (bits >>> 16 | 0x40);
    }
    return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
  }
}
