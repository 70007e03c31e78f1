package io.secateur.defence;

/** How a repair ended, by what the defender can measure. */
public enum RepairVerdict {
  /** A backdoor was found; the synthetic trigger no longer works and clean accuracy held. */
  REPAIRED,
  /** A backdoor was found and is still there, or clean accuracy fell too far. */
  NOT_REPAIRED,
  /** No backdoor was found; the network is returned as it came. */
  CLEAN,
  /** It could not be told; the network is returned as it came, unless it was treated unasked. */
  INCONCLUSIVE
}
