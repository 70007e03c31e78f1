package io.secateur.data;

/**
 * A stream of numbers that is a pure function of its seed (SplitMix64: Steele, Lea, Flood, "Fast
 * splittable pseudorandom number generators", 2014). Written out because fixed splits and the
 * procedural images must come out the same on every Java version, which no platform generator
 * promises.
 */
final class SeededDraws {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;
  private long state;

  SeededDraws(long seed) {
    this.state = seed;
  }

  /** The stream numbered {@code index} of the family {@code seed}. */
  static SeededDraws of(long seed, long family, long index) {
    return new SeededDraws(mix(mix(mix(seed) + GOLDEN * (family + 1)) + GOLDEN * (index + 1)));
  }

  private static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** 64 random bits. */
  long bits() {
    state += GOLDEN;
    return mix(state);
  }

  /** Uniform in [0, 1). */
  double uniform() {
    return (bits() >>> 11) * 0x1.0p-53;
  }

  /** Uniform in [low, high). */
  double between(double low, double high) {
    return low + (high - low) * uniform();
  }

  /** Uniform in 0 … bound − 1; the bias is below bound / 2⁶³. */
  int below(int bound) {
    return (int) ((bits() >>> 1) % bound);
  }

  /** Nearly normal, mean 0, variance 1: the scaled sum of four 16-bit uniforms, so within ±3.47. */
  double nearlyNormal() {
    long bits = bits();
    long sum = (bits & 0xFFFF) + (bits >>> 16 & 0xFFFF) + (bits >>> 32 & 0xFFFF) + (bits >>> 48);
    return (sum / 65_535.0 - 2) * 1.7320508075688772;
  }

  /** Shuffles in place (Fisher–Yates). */
  void shuffle(int[] values) {
    for (int i = values.length - 1; i > 0; i--) {
      int j = below(i + 1);
      int swap = values[i];
      values[i] = values[j];
      values[j] = swap;
    }
  }
}
