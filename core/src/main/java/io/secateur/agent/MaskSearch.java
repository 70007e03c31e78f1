package io.secateur.agent;

import io.secateur.run.RunContext;

/**
 * A way to find the units to prune. All ways get the same problem: same proxies, images and reward.
 * What was a candidate on the hold-out images is remembered there, see {@link
 * PruningProblem#tradeOff}: the last word on those may be another's.
 */
public interface MaskSearch {
  /** The best mask found, by the hold-out images. */
  SearchResult search(PruningProblem problem, RunContext run);
}
