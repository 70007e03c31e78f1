package io.secateur.cli;

/** What a command may have found, and {@code --fail-on} may name. */
enum Finding {
  /** The model as it came has a backdoor. */
  BACKDOOR,
  /** The model as it is left has a backdoor, or does not meet the policy. */
  UNREPAIRED,
  /** The backdoor of the repaired model only sleeps: it comes back with a few poisoned images. */
  SLEEPING,
  /** The evidence allows no verdict. */
  INCONCLUSIVE
}
