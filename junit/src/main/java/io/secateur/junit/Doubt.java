package io.secateur.junit;

/** What a test does when a scan cannot tell whether there is a backdoor. */
public enum Doubt {
  /** It fails: what is not known to be clean is not passed on. */
  FAILS,
  /** It is aborted, which shows as skipped. */
  ABORTS,
  /** It passes. */
  PASSES
}
