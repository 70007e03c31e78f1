package io.secateur.agent;

import io.secateur.engine.Tensor;
import io.secateur.graph.ChannelGraph;
import java.util.Arrays;
import java.util.List;

/**
 * Who hears whom: one entry per ordered pair of neighbours and one per node with itself, as index
 * tensors. Several states of one graph are laid side by side as one graph of {@code states · nodes}
 * nodes without edges between the states; a dead node keeps only itself.
 */
final class Neighbourhoods {
  private final int nodes;
  private final Tensor centres;
  private final Tensor neighbours;

  private Neighbourhoods(int nodes, int[] centres, int[] neighbours) {
    this.nodes = nodes;
    this.centres = Tensor.of(centres);
    this.neighbours = Tensor.of(neighbours);
  }

  /** The graph as it is. */
  static Neighbourhoods of(ChannelGraph graph) {
    return of(graph, List.of(new boolean[graph.nodes()]));
  }

  /** One copy of the graph per state, without the edges of the nodes that are dead in it. */
  static Neighbourhoods of(ChannelGraph graph, List<boolean[]> dead) {
    int[] from = graph.from();
    int[] to = graph.to();
    int n = graph.nodes();
    int[] centres = new int[dead.size() * (n + 2 * from.length)];
    int[] neighbours = new int[centres.length];
    int entries = 0;
    for (int state = 0; state < dead.size(); state++) {
      boolean[] gone = dead.get(state);
      int offset = state * n;
      for (int i = 0; i < n; i++) {
        centres[entries] = offset + i;
        neighbours[entries++] = offset + i;
      }
      for (int e = 0; e < from.length; e++) {
        if (!gone[from[e]] && !gone[to[e]]) {
          centres[entries] = offset + from[e];
          neighbours[entries++] = offset + to[e];
          centres[entries] = offset + to[e];
          neighbours[entries++] = offset + from[e];
        }
      }
    }
    return new Neighbourhoods(
        dead.size() * n, Arrays.copyOf(centres, entries), Arrays.copyOf(neighbours, entries));
  }

  /** Number of nodes over all states. */
  int nodes() {
    return nodes;
  }

  /** Node that hears, per entry. */
  Tensor centres() {
    return centres;
  }

  /** Node that is heard, per entry. */
  Tensor neighbours() {
    return neighbours;
  }
}
