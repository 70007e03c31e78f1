package io.secateur.defence;

import io.secateur.data.CleanSample;
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
}
