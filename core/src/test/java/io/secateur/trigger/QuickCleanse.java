package io.secateur.trigger;

/** Neural Cleanse in minutes instead of hours, for tests and for comparison with other searches. */
final class QuickCleanse {
  private QuickCleanse() {}

  /** One mini-batch a step, λ above 0 from the start, an early end. */
  static NeuralCleanse.Settings settings(int steps, int batchSize) {
    return new NeuralCleanse.Settings(
        steps,
        1,
        batchSize,
        0.1,
        0.5,
        0.9,
        1e-3,
        false,
        2,
        Math.pow(2, 1.5),
        5,
        0.98,
        25,
        NeuralCleanse.Start.ONES,
        true);
  }
}
