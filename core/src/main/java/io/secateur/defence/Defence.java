package io.secateur.defence;

import io.secateur.data.CleanSample;
import io.secateur.nn.Network;
import io.secateur.run.RunContext;

/** A way to repair. Blind: it is handed no trigger, no poisoned image and no test image. */
public interface Defence {
  /** Its name, as given with {@code --method}. */
  String name();

  /**
   * Repairs {@code suspect}; the hold-out part of {@code clean} decides among candidates, the rest
   * is for learning.
   */
  RepairOutcome repair(Suspect suspect, CleanSample clean, RunContext run);

  /**
   * Refuses networks that this defence can do nothing about, before any work is done.
   *
   * @throws IllegalArgumentException saying why, and what would be accepted
   */
  default void check(Network network) {}
}
