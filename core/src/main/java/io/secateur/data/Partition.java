package io.secateur.data;

import java.util.Arrays;
import java.util.function.Function;

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
    return draw(labels, seed, draws -> quotas(counts(labels, classes), size, draws));
  }

  /**
   * Chooses all but {@code rest} positions; each class gives the same share of its own to the rest,
   * and at least one if it has two and the rest is large enough. Where classes are of one size this
   * is {@link #draw}.
   *
   * @param labels each in 0 … classes − 1
   * @throws IllegalArgumentException if {@code rest} is negative or more than there are
   */
  static Partition leaving(int[] labels, int classes, int rest, long seed) {
    if (rest < 0 || rest > labels.length) {
      throw new IllegalArgumentException("cannot leave " + rest + " of " + labels.length);
    }
    return draw(
        labels,
        seed,
        draws -> {
          int[] quota = counts(labels, classes);
          int[] left = shares(quota, rest, draws);
          Arrays.setAll(quota, c -> quota[c] - left[c]);
          return quota;
        });
  }

  /** Takes the first of each class in a seeded order, as many as {@code quotas} says. */
  private static Partition draw(int[] labels, long seed, Function<SeededDraws, int[]> quotas) {
    SeededDraws draws = new SeededDraws(seed);
    int[] order = ascending(labels.length);
    draws.shuffle(order);
    int[] left = quotas.apply(draws);
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

  /**
   * The same share of each class, {@code size} in all: one of every class that has two, the largest
   * first, then each time one of the class that is furthest from its share. The last of a class is
   * only taken if all others are.
   */
  private static int[] shares(int[] available, int size, SeededDraws draws) {
    int[] classes = ascending(available.length);
    draws.shuffle(classes);
    long total = Arrays.stream(available).asLongStream().sum();
    int[] share = new int[available.length];
    for (int taken = 0; taken < size; taken++) {
      int best = -1;
      for (int c : classes) {
        if (share[c] < available[c]
            && (best < 0
                || urgency(available[c], share[c], size, total)
                    >= urgency(available[best], share[best], size, total))) {
          best = c;
        }
      }
      share[best]++;
    }
    return share;
  }

  /** How far a class is from its share, in parts of the total; a bonus for its first image. */
  private static long urgency(int available, int taken, int size, long total) {
    long missing = (long) size * available - taken * total;
    long more = (size + 1L) * total;
    return available - taken < 2 ? missing - 2 * more : taken == 0 ? missing + more : missing;
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
