package io.secateur.metric;

import java.util.Locale;
import org.apache.commons.statistics.interval.BinomialConfidenceInterval;
import org.apache.commons.statistics.interval.Interval;

/**
 * A share of images with its 95 % Wilson score interval, all in percent.
 *
 * @param value 100 · successes / n
 * @param low lower bound
 * @param high upper bound
 * @param n images looked at, at least 1
 * @param successes images that count
 */
public record Proportion(double value, double low, double high, int n, int successes) {
  private static final double ERROR_RATE = 0.05;

  /** Far more than rounding in a unit of a percent, far less than any image. */
  private static final double FINEST = 1e9;

  /** Rejects counts that are no share. */
  public Proportion {
    if (n < 1 || successes < 0 || successes > n) {
      throw new IllegalArgumentException(successes + " of " + n + " is no share");
    }
  }

  /** The share {@code successes} of {@code n}. */
  public static Proportion of(int successes, int n) {
    if (n < 1 || successes < 0 || successes > n) {
      throw new IllegalArgumentException(successes + " of " + n + " is no share");
    }
    Interval interval =
        BinomialConfidenceInterval.WILSON_SCORE.fromErrorRate(n, successes, ERROR_RATE);
    return new Proportion(
        100.0 * successes / n,
        100 * Math.max(0, interval.getLowerBound()),
        100 * Math.min(1, interval.getUpperBound()),
        n,
        successes);
  }

  /**
   * How far {@code after} is below {@code before}, both in percent; negative if above. Rounded, so
   * that what is a whole number of images is compared as one.
   */
  public static double points(double before, double after) {
    return Math.rint((before - after) * FINEST) / FINEST;
  }

  /** As in {@code 84.80 % (84.08–85.49, n = 10000)}. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%.2f %% (%.2f–%.2f, n = %d)", value, low, high, n);
  }
}
