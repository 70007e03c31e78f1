package io.secateur.bench;

import java.util.OptionalDouble;
import org.apache.commons.statistics.ranking.NaturalRanking;

/** Spearman's rank correlation: Pearson's of ranks, ties at their mean. */
final class RankCorrelation {
  private static final int LEAST = 3;

  private RankCorrelation() {}

  /** Of two series of one length; absent for fewer than three values or where one never changes. */
  static OptionalDouble of(double[] first, double[] second) {
    if (first.length < LEAST) {
      return OptionalDouble.empty();
    }
    NaturalRanking ranking = new NaturalRanking();
    double[] a = ranking.apply(first);
    double[] b = ranking.apply(second);
    double mean = (a.length + 1) / 2.0;
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      ab += (a[i] - mean) * (b[i] - mean);
      aa += (a[i] - mean) * (a[i] - mean);
      bb += (b[i] - mean) * (b[i] - mean);
    }
    return aa == 0 || bb == 0 ? OptionalDouble.empty() : OptionalDouble.of(ab / Math.sqrt(aa * bb));
  }
}
