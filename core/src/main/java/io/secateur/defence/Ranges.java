package io.secateur.defence;

/** Ranges of settings, each refused in one line that names the setting. */
final class Ranges {
  private Ranges() {}

  static void atLeastOne(String name, int value) {
    require(value >= 1, name, "at least 1", value);
  }

  /** A learning rate. */
  static void rate(String name, double value) {
    require(value > 0 && value <= 10, name, "in (0, 10]", value);
  }

  static void positive(String name, double value) {
    require(value > 0 && value < Double.POSITIVE_INFINITY, name, "above 0", value);
  }

  static void notNegative(String name, double value) {
    require(value >= 0 && value < Double.POSITIVE_INFINITY, name, "at least 0", value);
  }

  /** From {@code low} on, below {@code high}. */
  static void within(String name, double value, double low, double high) {
    require(value >= low && value < high, name, "in [" + low + ", " + high + ")", value);
  }

  static void share(String name, double value) {
    require(value >= 0 && value <= 1, name, "in [0, 1]", value);
  }

  static void positiveShare(String name, double value) {
    require(value > 0 && value <= 1, name, "in (0, 1]", value);
  }

  private static void require(boolean holds, String name, String range, Number value) {
    if (!holds) {
      throw new IllegalArgumentException(name + " must be " + range + ", got " + value);
    }
  }
}
