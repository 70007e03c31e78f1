package io.secateur.agent;

import io.secateur.run.RunContext;

/**
 * A way to find the units to prune. All ways get the same problem: same proxies, images and reward.
 */
public interface MaskSearch {
  /** The best mask found, by the hold-out images. */
  SearchResult search(PruningProblem problem, RunContext run);
}
