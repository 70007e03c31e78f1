package io.secateur.nn;

/** How the numbers of a stored tensor are encoded; names and widths follow safetensors. */
public enum ElementType {
  BOOL(1, false),
  U8(1, false),
  I8(1, false),
  I16(2, false),
  I32(4, false),
  I64(8, false),
  F16(2, true),
  BF16(2, true),
  F32(4, true),
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
