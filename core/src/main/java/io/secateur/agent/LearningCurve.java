package io.secateur.agent;

import java.util.Arrays;
import java.util.stream.DoubleStream;

/**
 * How a search went, one value per iteration or policy update.
 *
 * @param meanPhi mean Φ of what was tried
 * @param bestPhi largest Φ of what was tried
 * @param entropy of the policy in nats: mean over nodes, or over steps
 * @param pruned number of prunings: expected under the policy, or mean over episodes
 */
public record LearningCurve(double[] meanPhi, double[] bestPhi, double[] entropy, double[] pruned) {
  /** Copies the arrays, which are of one length. */
  public LearningCurve {
    int length = meanPhi.length;
    if (bestPhi.length != length || entropy.length != length || pruned.length != length) {
      throw new IllegalArgumentException("a learning curve needs four columns of one length");
    }
    meanPhi = meanPhi.clone();
    bestPhi = bestPhi.clone();
    entropy = entropy.clone();
    pruned = pruned.clone();
  }

  /** Number of points. */
  public int length() {
    return meanPhi.length;
  }

  /** This curve and then {@code next}. */
  LearningCurve then(LearningCurve next) {
    return new LearningCurve(
        joined(meanPhi, next.meanPhi),
        joined(bestPhi, next.bestPhi),
        joined(entropy, next.entropy),
        joined(pruned, next.pruned));
  }

  private static double[] joined(double[] first, double[] second) {
    return DoubleStream.concat(Arrays.stream(first), Arrays.stream(second)).toArray();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LearningCurve that
        && Arrays.equals(meanPhi, that.meanPhi)
        && Arrays.equals(bestPhi, that.bestPhi)
        && Arrays.equals(entropy, that.entropy)
        && Arrays.equals(pruned, that.pruned);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(meanPhi) + Arrays.hashCode(pruned);
  }

  /** Points as they come. */
  static final class Recorder {
    private double[] meanPhi = new double[0];
    private double[] bestPhi = new double[0];
    private double[] entropy = new double[0];
    private double[] pruned = new double[0];

    void add(double[] phi, double entropyNow, double prunedNow) {
      meanPhi = append(meanPhi, Arrays.stream(phi).average().orElseThrow());
      bestPhi = append(bestPhi, Arrays.stream(phi).max().orElseThrow());
      entropy = append(entropy, entropyNow);
      pruned = append(pruned, prunedNow);
    }

    LearningCurve curve() {
      return new LearningCurve(meanPhi, bestPhi, entropy, pruned);
    }

    private static double[] append(double[] values, double value) {
      double[] longer = Arrays.copyOf(values, values.length + 1);
      longer[values.length] = value;
      return longer;
    }
  }
}
