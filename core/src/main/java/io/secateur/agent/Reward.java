package io.secateur.agent;

/**
 * The potential that the agent raises:
 *
 * <pre>
 * Φ = −A − λ · max(0, CA₀ − CA − τ) − κ · max(0, CE − CE₀) − π · |M|
 * A = h · ASR + (1 − h) · p̄(target)
 * </pre>
 *
 * |M| is the number of units pruned: of masks that the images cannot tell apart the smaller one is
 * the better guess for images not seen. CA₀ and CE₀ are the unpruned network's on the same images.
 * Where there are mixed copies, a search learns from CA and CE of the copies; candidates are judged
 * by CA of the copies and CE of the hold-out images, see {@link PruningProblem}, and the best of
 * them once more on other copies. The soft parts (mean target probability, cross-entropy) rank
 * masks with about half the images that the hard ones need.
 *
 * <p>Differs from the paper in: the paper says only that the reward trades the fall of the attack
 * success rate against the loss of clean accuracy; the form and the weights are ours. {@link #hard}
 * is the plainest such form.
 *
 * @param lambda λ, weight of clean accuracy lost beyond the tolerance
 * @param tau τ, tolerated loss of clean accuracy, as a share (0.005 is half a point)
 * @param lossWeight κ, weight of the rise of clean cross-entropy
 * @param hardShare h in [0, 1]
 * @param unitPrice π, price of a pruned unit; 0.0005 lets twenty units cost as much as one point of
 *     ASR
 */
public record Reward(
    double lambda, double tau, double lossWeight, double hardShare, double unitPrice) {
  /** λ = 5, τ = 0.005, κ = 0.3, h = 0.5, π = 0.0005. */
  public static final Reward DEFAULT = new Reward(5, 0.005, 0.3, 0.5, 0.0005);

  /** Rejects weights that are negative or infinite and shares outside [0, 1]. */
  public Reward {
    if (!(lambda >= 0 && tau >= 0 && lossWeight >= 0 && unitPrice >= 0)
        || !(hardShare >= 0 && hardShare <= 1)
        || Double.isInfinite(lambda + tau + lossWeight + unitPrice)) {
      throw new IllegalArgumentException(
          "reward weights must be finite and not negative, the hard share in [0, 1], got lambda "
              + lambda
              + ", tau "
              + tau
              + ", loss weight "
              + lossWeight
              + ", hard share "
              + hardShare
              + ", unit price "
              + unitPrice);
    }
  }

  /** Hard success and accuracy only. */
  public static Reward hard(double lambda, double tau) {
    return new Reward(lambda, tau, 0, 1, 0);
  }

  /** A, the part of the attack that is left, in [0, 1]. */
  public double attack(Measurement now) {
    return hardShare * now.attackSuccess() + (1 - hardShare) * now.targetProbability();
  }

  /** Φ of a network without {@code units} of its units; the unpruned network's is −A. */
  public double phi(Measurement now, Measurement unpruned, int units) {
    return phi(now, unpruned, units, unpruned.mixedAccuracy() - now.mixedAccuracy());
  }

  /** Φ where the clean accuracy lost is known from other images, as a share. */
  public double phi(Measurement now, Measurement unpruned, int units, double drop) {
    double rise = now.cleanLoss() - unpruned.cleanLoss();
    return -attack(now)
        - lambda * Math.max(0, drop - tau)
        - lossWeight * Math.max(0, rise)
        - unitPrice * units;
  }
}
