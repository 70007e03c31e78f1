package io.secateur.defence;

import io.secateur.data.CleanSample;
import io.secateur.nn.Network;
import io.secateur.prune.PruningPlan;
import io.secateur.run.RunContext;

/**
 * A way to change a network so that a backdoor in it, if there is one, stops working. It looks for
 * no trigger and passes no judgement: {@link TreatedDefence} does both around it, and a clean
 * network shows what it costs.
 */
public interface Treatment {
  /** Its name, as given with {@code --method}. */
  String name();

  /**
   * Refuses networks that this treatment can do nothing about, before any work is done.
   *
   * @throws IllegalArgumentException saying why, and what would be accepted
   */
  default void check(Network network) {}

  /**
   * Treats a copy of {@code suspect}; the hold-out part of {@code clean} decides among candidates,
   * the rest is for learning.
   */
  Treated treat(Network suspect, CleanSample clean, RunContext run);

  /**
   * What a treatment leaves.
   *
   * @param network treated
   * @param plan what was pruned; empty for treatments that do not prune
   */
  record Treated(Network network, PruningPlan plan) {
    /** A network of which nothing was pruned. */
    public static Treated of(Network network) {
      return new Treated(network, PruningPlan.EMPTY);
    }
  }
}
