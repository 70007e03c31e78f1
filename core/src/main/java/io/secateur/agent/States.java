package io.secateur.agent;

import io.secateur.engine.Tensor;
import io.secateur.graph.ChannelGraph;
import java.util.List;

/**
 * Partly pruned networks side by side, B at a time: features [B · N, F + 1] with a last one that is
 * 1 on pruned nodes, the edges that are left, and who is alive [B, N].
 */
record States(Tensor features, Neighbourhoods edges, Tensor alive) {
  /** The states in which these nodes are pruned, of a graph with node features [N, F]. */
  static States of(ChannelGraph graph, Tensor features, List<boolean[]> pruned) {
    int b = pruned.size();
    int n = graph.nodes();
    float[] gone = new float[b * n];
    for (int s = 0; s < b; s++) {
      for (int i = 0; i < n; i++) {
        gone[s * n + i] = pruned.get(s)[i] ? 1 : 0;
      }
    }
    Tensor flag = Tensor.of(gone, b, n);
    Tensor repeated =
        features.unsqueeze(0).expand(b, n, features.size(1)).reshape((long) b * n, -1);
    return new States(
        Tensor.cat(1, repeated, flag.reshape(-1, 1)),
        Neighbourhoods.of(graph, pruned),
        flag.neg().add(1));
  }

  /** B. */
  int count() {
    return alive.size(0);
  }

  /** N. */
  int nodes() {
    return alive.size(1);
  }

  /** Mean over the nodes that are alive, [B, width], of h [B, N, width]. */
  Tensor mean(Tensor h) {
    Tensor count = alive.sum(1L).clamp(1, nodes());
    return h.mul(alive.unsqueeze(2)).sum(1L).div(count.unsqueeze(1));
  }

  /** Maximum over the nodes that are alive, [B, width], of h [B, N, width]. */
  Tensor max(Tensor h) {
    return h.maskedFill(alive.equalTo(0).unsqueeze(2), SequentialPolicy.IMPOSSIBLE).max(1);
  }
}
