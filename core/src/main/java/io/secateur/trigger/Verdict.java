package io.secateur.trigger;

/** What a hunt concludes. */
public enum Verdict {
  /** Every label was looked at and none has an abnormally small trigger. */
  CLEAN,
  /** A label has an abnormally small trigger that works, found again from every restart. */
  BACKDOORED,
  /** The evidence is weak, contradicts itself, or cannot be judged. */
  INCONCLUSIVE
}
