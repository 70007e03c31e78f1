package io.secateur.engine;

/**
 * Multiply-accumulates of forward passes, counted per thread: what a method costs wherever it runs.
 * Passes backward are not counted.
 */
public final class ForwardCost {
  private static final ThreadLocal<long[]> COUNT = ThreadLocal.withInitial(() -> new long[1]);

  private ForwardCost() {}

  /** All that this thread has done so far. */
  public static long ofThisThread() {
    return COUNT.get()[0];
  }

  /** Adds what this thread has just done. */
  public static void add(long multiplyAccumulates) {
    COUNT.get()[0] += multiplyAccumulates;
  }
}
