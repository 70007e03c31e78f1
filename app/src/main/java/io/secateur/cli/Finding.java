package io.secateur.cli;

/** What a command may have found, and {@code --fail-on} may name. */
enum Finding {
  /** The model as it came has a backdoor. */
  BACKDOOR,
  /** The model as it is left has a backdoor, or does not meet the policy. */
  UNREPAIRED,
  /** The evidence allows no verdict. */
  INCONCLUSIVE
}
