package io.secateur.nn;

/** How the numbers of a stored tensor are encoded; names and widths follow safetensors. */
public enum ElementType {
  /** Truth values, a byte each. */
  BOOL(1, false),
  /** Whole numbers from 0 to 255. */
  U8(1, false),
  /** Whole numbers of one byte. */
  I8(1, false),
  /** Whole numbers of two bytes. */
  I16(2, false),
  /** Whole numbers of four bytes. */
  I32(4, false),
  /** Whole numbers of eight bytes. */
  I64(8, false),
  /** Half precision, IEEE 754 binary16. */
  F16(2, true),
  /** The upper half of a single-precision number. */
  BF16(2, true),
  /** Single precision. */
  F32(4, true),
  /** Double precision. */
  F64(8, true);

  private final int bytes;
  private final boolean floating;

  ElementType(int bytes, boolean floating) {
    this.bytes = bytes;
    this.floating = floating;
  }

  /** Bytes per element. */
  public int bytes() {
    return bytes;
  }

  /** Whether elements are floating-point numbers. */
  public boolean floating() {
    return floating;
  }
}
