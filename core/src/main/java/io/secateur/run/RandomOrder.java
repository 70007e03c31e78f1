package io.secateur.run;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Puts things in random order, or draws some of them. */
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

  /**
   * {@code count} of {@code values} without repetition, in the order in which they were drawn
   * (Fisher–Yates, from the first place up, as far as needed).
   */
  public static int[] draw(int[] values, int count, RandomGenerator random) {
    int[] order = values.clone();
    for (int i = 0; i < count; i++) {
      int j = random.nextInt(i, order.length);
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
    return Arrays.copyOf(order, count);
  }
}
