package io.secateur.trigger;

/**
 * A radius that falls geometrically over the first {@value #SHRINKING} of a search's steps, and
 * stays there.
 *
 * @param first before the first step
 * @param ratio of the last to the first, above 0; where it is above 1 the radius rises
 * @param steps of the search, at least 1
 */
record FallingRadius(double first, double ratio, int steps) {
  static final double SHRINKING = 0.6;

  /** In {@code step}, the first of which is 0. */
  double at(int step) {
    double share = Math.min(1, (step + 1) / (SHRINKING * steps));
    return first * Math.pow(ratio, share);
  }
}
