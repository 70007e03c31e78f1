package io.secateur.trigger;

/** What a hunt concludes. */
public enum Verdict {
  /** No label has an abnormally small trigger, and the network falls back on none if asked. */
  CLEAN,
  /**
   * A label has an abnormally small trigger that works, found again from every restart, or the
   * network falls back on it when it forgets.
   */
  BACKDOORED,
  /** The evidence is weak, contradicts itself, or cannot be judged. */
  INCONCLUSIVE
}
