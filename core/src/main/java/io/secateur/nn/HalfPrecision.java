package io.secateur.nn;

/** Floating numbers of 16 bits. */
public final class HalfPrecision {
  private HalfPrecision() {}

  /** IEEE 754 binary16 to binary32; exact. */
  public static float halfToFloat(short half) {
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
  public static short floatToHalf(float value) {
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
  public static short floatToBrain(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) (bits >>> 16 | 0x40);
    }
    return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
  }

  /** bfloat16 to binary32; exact. */
  public static float brainToFloat(short brain) {
    return Float.intBitsToFloat(brain << 16);
  }

  /**
   * The number of {@code type} nearest to {@code value}; {@code value} itself where {@code type}
   * has 32 bits or more, or where nothing finite is near.
   */
  static float rounded(ElementType type, float value) {
    float near =
        switch (type) {
          case F16 -> halfToFloat(floatToHalf(value));
          case BF16 -> brainToFloat(floatToBrain(value));
          default -> value;
        };
    return Float.isInfinite(near) ? value : near;
  }
}
