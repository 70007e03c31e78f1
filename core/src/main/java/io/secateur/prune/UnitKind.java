package io.secateur.prune;

/** What one node of the agent's graph stands for. */
public enum UnitKind {
  /** One batch-norm channel (or one convolution channel where no batch norm follows). */
  BATCH_NORM,
  /** A channel of a residual stream: all channels that additions tie together. */
  STREAM,
  /** A channel inside a residual block or plain layer, tied to no other. */
  INNER,
  /**
   * What the paper's nodes are: a channel of a residual stream, and on a network without one a
   * filter of a plain layer.
   */
  FILTER
}
