package io.secateur.fuzz;

import java.util.List;
import java.util.SplittableRandom;

/** Random choices, the same for the same seed. */
final class Draws {
  private static final long[] EXTREMES = {
    0,
    1,
    -1,
    2,
    3,
    127,
    128,
    255,
    256,
    32767,
    65535,
    65536,
    500_000,
    1 << 20,
    1 << 24,
    1 << 30,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    (1L << 31),
    (1L << 32) - 1,
    (1L << 32),
    1L << 40,
    1L << 62,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };

  private final SplittableRandom random;

  Draws(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /** 0 to {@code bound} - 1. */
  int below(int bound) {
    return random.nextInt(bound);
  }

  /** True once in {@code times}. */
  boolean once(int times) {
    return random.nextInt(times) == 0;
  }

  /** Mostly 1, at times more, rarely {@code most}. */
  int few(int most) {
    int bits = random.nextInt(32 - Integer.numberOfLeadingZeros(most) + 1);
    return 1 + random.nextInt(Math.max(1, Math.min(most, 1 << random.nextInt(bits + 1))));
  }

  <T> T of(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  /** A number at which programs go wrong. */
  long extreme() {
    return EXTREMES[random.nextInt(EXTREMES.length)] + (once(4) ? random.nextInt(3) - 1 : 0);
  }

  byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }
}
