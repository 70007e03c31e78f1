package io.secateur.data;

import java.util.Arrays;

/**
 * A seeded, stratified cut of a labelled list in two: the chosen, as many of each class as
 * possible, and the rest.
 *
 * <p>Quotas are levelled: every class gives the same number; one that has fewer gives all it has
 * and the others make up for it; what does not divide goes to classes in a seeded order. Depends on
 * labels, size and seed only. Cost O(n).
 */
public final class Partition {
  private final int[] chosen;
  private final int[] rest;

  private Partition(int[] chosen, int[] rest) {
    this.chosen = chosen;
    this.rest = rest;
  }

  /**
   * Chooses {@code size} of the positions 0 … labels.length − 1.
   *
   * @param labels each in 0 … classes − 1
   * @throws IllegalArgumentException if {@code size} is negative or more than there are
   */
  public static Partition draw(int[] labels, int classes, int size, long seed) {
    if (size < 0 || size > labels.length) {
      throw new IllegalArgumentException("cannot choose " + size + " of " + labels.length);
    }
    SeededDraws draws = new SeededDraws(seed);
    int[] order = ascending(labels.length);
    draws.shuffle(order);
    int[] left = quotas(counts(labels, classes), size, draws);
    boolean[] taken = new boolean[labels.length];
    for (int position : order) {
      if (left[labels[position]] > 0) {
        left[labels[position]]--;
        taken[position] = true;
      }
    }
    return new Partition(
        Arrays.stream(ascending(labels.length)).filter(i -> taken[i]).toArray(),
        Arrays.stream(ascending(labels.length)).filter(i -> !taken[i]).toArray());
  }

  /** How many of each class to take, at most {@code available} of it, {@code size} in all. */
  private static int[] quotas(int[] available, int size, SeededDraws draws) {
    int[] classes = ascending(available.length);
    draws.shuffle(classes);
    int[] quota = new int[available.length];
    int missing = size;
    while (missing > 0) {
      int open = 0;
      for (int c : classes) {
        open += quota[c] < available[c] ? 1 : 0;
      }
      int step = Math.max(1, missing / open);
      for (int c : classes) {
        int more = Math.min(Math.min(step, available[c] - quota[c]), missing);
        quota[c] += more;
        missing -= more;
      }
    }
    return quota;
  }

  static int[] counts(int[] labels, int classes) {
    int[] counts = new int[classes];
    for (int label : labels) {
      counts[label]++;
    }
    return counts;
  }

  static int[] ascending(int size) {
    int[] values = new int[size];
    Arrays.setAll(values, i -> i);
    return values;
  }

  /** Chosen positions, ascending. */
  public int[] chosen() {
    return chosen.clone();
  }

  /** The other positions, ascending. */
  public int[] rest() {
    return rest.clone();
  }
}
