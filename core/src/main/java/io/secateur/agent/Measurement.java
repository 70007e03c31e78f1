package io.secateur.agent;

/**
 * What a pruned network does on the defender's images. All shares in [0, 1].
 *
 * @param cleanAccuracy share of clean images classified right
 * @param cleanLoss mean cross-entropy on clean images
 * @param attackSuccess share of triggered images, none of the target class, called the target; mean
 *     over proxies
 * @param targetProbability mean probability of the target on them; mean over proxies
 * @param mixedAccuracy share of mixed copies of the clean images classified right, see {@link
 *     io.secateur.data.CutMix}; where there are none the clean accuracy
 */
public record Measurement(
    double cleanAccuracy,
    double cleanLoss,
    double attackSuccess,
    double targetProbability,
    double mixedAccuracy) {

  /** Without mixed copies. */
  public Measurement(
      double cleanAccuracy, double cleanLoss, double attackSuccess, double targetProbability) {
    this(cleanAccuracy, cleanLoss, attackSuccess, targetProbability, cleanAccuracy);
  }

  /** The five values in declaration order. */
  public double[] toArray() {
    return new double[] {cleanAccuracy, cleanLoss, attackSuccess, targetProbability, mixedAccuracy};
  }

  /** Inverse of {@link #toArray}. */
  public static Measurement of(double[] values) {
    return new Measurement(values[0], values[1], values[2], values[3], values[4]);
  }
}
