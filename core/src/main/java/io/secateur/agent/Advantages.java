package io.secateur.agent;

/** Centred and scaled to unit variance over a batch. */
final class Advantages {
  private static final double TINY = 1e-8;

  private Advantages() {}

  /** (v − mean) / (std + 10⁻⁸), std being that of the population; zeros if all are equal. */
  static double[] normalised(double[] values) {
    double mean = 0;
    for (double value : values) {
      mean += value / values.length;
    }
    double variance = 0;
    for (double value : values) {
      variance += (value - mean) * (value - mean) / values.length;
    }
    double[] result = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      result[i] = (values[i] - mean) / (Math.sqrt(variance) + TINY);
    }
    return result;
  }
}
