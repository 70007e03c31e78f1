package io.secateur.agent;

/** What turns node features into embeddings. */
public enum EncoderKind {
  /** Graph attention over the channel graph. */
  GAT,
  /** Graph convolution: every neighbour counts, by its degree alone. */
  GCN,
  /** The same widths, each node on its own: what the graph is worth is the difference. */
  MLP
}
