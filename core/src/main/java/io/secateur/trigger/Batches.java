package io.secateur.trigger;

import io.secateur.run.RandomOrder;
import java.util.SplittableRandom;

/**
 * Mini-batches of {@code size} positions out of {@code count}: pass after pass over all, each in a
 * new random order; a batch may span two passes.
 */
final class Batches {
  private final int[] order;
  private final int size;
  private final SplittableRandom random;
  private int next;

  Batches(int count, int size, SplittableRandom random) {
    this.order = new int[count];
    for (int i = 0; i < count; i++) {
      order[i] = i;
    }
    this.size = Math.min(size, count);
    this.random = random;
    this.next = count;
  }

  int size() {
    return size;
  }

  int[] next() {
    int[] batch = new int[size];
    for (int k = 0; k < size; k++) {
      if (next == order.length) {
        RandomOrder.shuffle(order, random);
        next = 0;
      }
      batch[k] = order[next++];
    }
    return batch;
  }
}
