package io.secateur.trigger;

import java.util.Arrays;

/**
 * How far below the rest a number lies, in robust standard deviations: (median − n) / (1.4826 ·
 * median |n − median|). Positive for small numbers, negative for large ones; above 2 a normal
 * number is an outlier with probability above 0.95.
 *
 * <p>Where more than half of the numbers are equal the median deviation is 0; then 1.2533 times the
 * mean deviation takes its place (Iglewicz and Hoaglin, "How to Detect and Handle Outliers", 1993),
 * and where that is 0 too, every index is 0.
 *
 * <p>Source: Wang et al., "Neural Cleanse", IEEE S&amp;P 2019, section IV-B, which takes the
 * magnitude and looks at the sign apart.
 */
public final class AnomalyIndex {
  private static final double MEDIAN_DEVIATIONS = 1.4826;
  private static final double MEAN_DEVIATIONS = 1.2533;

  private final double median;
  private final double scale;

  /** Centre and scale of {@code values}, at least one. */
  AnomalyIndex(double... values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("an anomaly index needs numbers");
    }
    double centre = median(values);
    double[] deviations = Arrays.stream(values).map(value -> Math.abs(value - centre)).toArray();
    double medianDeviation = median(deviations);
    this.median = centre;
    this.scale =
        medianDeviation > 0
            ? MEDIAN_DEVIATIONS * medianDeviation
            : MEAN_DEVIATIONS * Arrays.stream(deviations).average().orElse(0);
  }

  /** The index of {@code value}. */
  double of(double value) {
    return scale > 0 ? (median - value) / scale : 0;
  }

  /** The middle value, or the mean of the two middle ones. */
  public static double median(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : sorted[middle - 1] / 2 + sorted[middle] / 2;
  }
}
