package io.secateur.train;

import io.secateur.engine.Engine;
import io.secateur.engine.NumberFormat;

/** Number format of the heavy part of a computation whose decisions tolerate bfloat16. */
public enum Precision {
  /** bfloat16 where the processor multiplies it natively, else float32. */
  AUTO,
  /** float32 always. */
  FLOAT32,
  /** bfloat16 always, several times slower than float32 on processors without it. */
  BFLOAT16;

  /** What that means on this machine. */
  public NumberFormat format() {
    return switch (this) {
      case AUTO -> Engine.fastest();
      case FLOAT32 -> NumberFormat.FLOAT32;
      case BFLOAT16 -> NumberFormat.BFLOAT16;
    };
  }
}
