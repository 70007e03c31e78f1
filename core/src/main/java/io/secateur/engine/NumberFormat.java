package io.secateur.engine;

import org.bytedeco.pytorch.global.torch.ScalarType;

/** Number formats that the engine computes in. */
public enum NumberFormat {
  /** IEEE single precision; all reported figures are measured in it. */
  FLOAT32(ScalarType.Float),
  /** 8 bits of exponent, 8 of significand; about twice as fast where the processor has it. */
  BFLOAT16(ScalarType.BFloat16);

  private final ScalarType scalar;

  NumberFormat(ScalarType scalar) {
    this.scalar = scalar;
  }

  ScalarType scalar() {
    return scalar;
  }
}
