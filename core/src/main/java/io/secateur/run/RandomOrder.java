package io.secateur.run;

import java.util.random.RandomGenerator;

/** Puts things in random order. */
public final class RandomOrder {
  private RandomOrder() {}

  /** Shuffles in place (Fisher–Yates, from the last place down). */
  public static void shuffle(int[] values, RandomGenerator random) {
    for (int i = values.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swapped = values[i];
      values[i] = values[j];
      values[j] = swapped;
    }
  }
}
