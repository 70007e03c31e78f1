package io.secateur.agent;

/** What a candidate for the final mask is worth on everything there is to measure it on. */
@FunctionalInterface
public interface MaskScore {
  /**
   * The score, higher is better; −∞ for a mask that must not be chosen. The same mask always scores
   * the same.
   */
  double score(boolean[] pruned);
}
