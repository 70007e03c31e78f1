package io.secateur.defence;

import io.secateur.metric.Proportion;

/**
 * What the user accepts as repaired, measured on the hold-out images.
 *
 * @param maxCaDrop largest loss of clean accuracy, in points
 * @param maxAsr largest success rate of the synthetic triggers, in percent
 */
public record Policy(double maxCaDrop, double maxAsr) {
  /**
   * At most 3 points and 5 %: of a usual sample a hundred images are held out, each one point (ADR
   * 15).
   */
  public static final Policy DEFAULT = new Policy(3, 5);

  /** Rejects values out of range. */
  public Policy {
    if (!(maxCaDrop >= 0 && maxCaDrop <= 100) || !(maxAsr >= 0 && maxAsr <= 100)) {
      throw new IllegalArgumentException(
          "accuracy drop and success rate are in 0 to 100, got " + maxCaDrop + " and " + maxAsr);
    }
  }

  boolean met(RepairOutcome.Standing before, RepairOutcome.Standing after) {
    double drop = Proportion.points(before.cleanAccuracy().value(), after.cleanAccuracy().value());
    boolean accurate = drop <= maxCaDrop;
    boolean safe = after.syntheticAsr().map(asr -> asr.value() <= maxAsr).orElse(false);
    return accurate && safe;
  }
}
