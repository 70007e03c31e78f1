package io.secateur.agent;

import java.util.ArrayList;
import java.util.List;

/** One walk from the unpruned network to its end, as it is played. */
final class Episode {
  /** A state, what was drawn in it and what came of it. */
  record Step(boolean[] pruned, int[] draws, double logProbability, double value, double reward) {}

  private final List<Step> steps = new ArrayList<>();
  private boolean[] pruned;
  private double phi;
  private boolean over;

  Episode(int nodes, double unprunedPhi) {
    this.pruned = new boolean[nodes];
    this.phi = unprunedPhi;
  }

  boolean[] pruned() {
    return pruned;
  }

  double phi() {
    return phi;
  }

  boolean over() {
    return over;
  }

  List<Step> steps() {
    return steps;
  }

  /** Number of pruned nodes. */
  int count() {
    return MaskBits.count(pruned);
  }

  /** The mask after these draws, the last of which may be STOP. */
  boolean[] after(int[] draws) {
    boolean[] next = pruned.clone();
    for (int node : draws) {
      if (node < next.length) {
        next[node] = true;
      }
    }
    return next;
  }

  /** Goes on to {@code next}. */
  void advance(Step step, boolean[] next, double nextPhi, boolean ends) {
    steps.add(step);
    pruned = next;
    phi = nextPhi;
    over = ends;
  }
}
