package io.secateur.format;

/**
 * A plain value that stands beside the tensors in a checkpoint, such as an epoch or the best
 * accuracy.
 */
public sealed interface Scalar {
  /** Python's {@code str}. */
  record Text(String value) implements Scalar {
    @Override
    public String toString() {
      return value;
    }
  }

  /** Python's {@code int} within 64 bits. */
  record Whole(long value) implements Scalar {
    @Override
    public String toString() {
      return Long.toString(value);
    }
  }

  /** Python's {@code float}, or a NumPy floating scalar. */
  record Real(double value) implements Scalar {
    @Override
    public String toString() {
      return Double.toString(value);
    }
  }

  /** Python's {@code bool}. */
  record Truth(boolean value) implements Scalar {
    @Override
    public String toString() {
      return Boolean.toString(value);
    }
  }

  /** Python's {@code None}. */
  record Nothing() implements Scalar {
    @Override
    public String toString() {
      return "none";
    }
  }
}
