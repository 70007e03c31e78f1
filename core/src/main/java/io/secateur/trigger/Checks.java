package io.secateur.trigger;

/** Refusals of settings, all in the same words. */
final class Checks {
  private Checks() {}

  static void require(boolean holds, String key, Object value, String accepted) {
    if (!holds) {
      throw new IllegalArgumentException(key + " must be " + accepted + ", got " + value);
    }
  }

  static boolean positive(double value) {
    return value > 0 && value < Double.POSITIVE_INFINITY;
  }
}
