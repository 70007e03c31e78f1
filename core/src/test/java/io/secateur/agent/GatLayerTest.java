package io.secateur.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.graph.ChannelGraph;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GatLayerTest {
  private static final int NODES = 30;
  private static final int FEATURES = 7;

  @Test
  void sparse_attention_equals_dense_masked_attention() {
    ChannelGraph graph = Toys.graph(NODES, 60, 1);
    try (Scope scope = Scope.open()) {
      GatLayer layer = new GatLayer(FEATURES, 3, 5, new Random(2));
      Tensor h = NodeFeatures.tensor(Toys.features(NODES, FEATURES, 3), graph);

      float[] sparse = layer.apply(h, Neighbourhoods.of(graph)).toFloats();
      float[] dense = dense(layer, h, adjacency(graph)).toFloats();

      assertThat(sparse).hasSameSizeAs(dense);
      for (int i = 0; i < sparse.length; i++) {
        assertThat(sparse[i]).isCloseTo(dense[i], within(1e-5f));
      }
    }
  }

  @Test
  void scores_too_large_for_exp_do_not_overflow() {
    ChannelGraph graph = Toys.graph(NODES, 60, 1);
    try (Scope scope = Scope.open()) {
      GatLayer layer = new GatLayer(FEATURES, 3, 5, new Random(2));
      Tensor h = NodeFeatures.tensor(Toys.features(NODES, FEATURES, 3), graph).mul(1000);

      float[] sparse = layer.apply(h, Neighbourhoods.of(graph)).toFloats();
      float[] dense = dense(layer, h, adjacency(graph)).toFloats();

      for (int i = 0; i < sparse.length; i++) {
        assertThat(sparse[i]).isCloseTo(dense[i], within(1e-2f));
      }
    }
  }

  @Test
  void renumbering_the_nodes_renumbers_the_output() {
    ChannelGraph graph = Toys.graph(NODES, 60, 4);
    float[][] features = Toys.features(NODES, FEATURES, 5);
    int[] newNumber = new int[NODES];
    for (int i = 0; i < NODES; i++) {
      newNumber[i] = (i * 7 + 3) % NODES;
    }
    float[][] moved = new float[NODES][];
    int[] from = graph.from();
    int[] to = graph.to();
    for (int i = 0; i < NODES; i++) {
      moved[newNumber[i]] = features[i];
    }
    for (int e = 0; e < from.length; e++) {
      from[e] = newNumber[from[e]];
      to[e] = newNumber[to[e]];
    }
    ChannelGraph renumbered = new ChannelGraph(NODES, from, to);
    try (Scope scope = Scope.open()) {
      Encoder encoder = Encoder.create(EncoderKind.GAT, FEATURES, new Random(6));

      float[] before =
          encoder.encode(NodeFeatures.tensor(features, graph), Neighbourhoods.of(graph)).toFloats();
      float[] after =
          encoder
              .encode(NodeFeatures.tensor(moved, renumbered), Neighbourhoods.of(renumbered))
              .toFloats();

      for (int i = 0; i < NODES; i++) {
        for (int k = 0; k < Encoder.WIDTH; k++) {
          assertThat(after[newNumber[i] * Encoder.WIDTH + k])
              .isCloseTo(before[i * Encoder.WIDTH + k], within(1e-5f));
        }
      }
    }
  }

  @Test
  void a_node_without_edges_hears_only_itself() {
    ChannelGraph graph = ChannelGraph.edgeless(NODES);
    try (Scope scope = Scope.open()) {
      GatLayer layer = new GatLayer(FEATURES, 3, 5, new Random(2));
      Tensor h = NodeFeatures.tensor(Toys.features(NODES, FEATURES, 3), graph);

      float[] heard = layer.apply(h, Neighbourhoods.of(graph)).toFloats();
      float[] own = layer.project(h).reshape(NODES, 15).elu(1).toFloats();

      for (int i = 0; i < heard.length; i++) {
        assertThat(heard[i]).isCloseTo(own[i], within(1e-6f));
      }
    }
  }

  @Test
  void states_side_by_side_equal_states_one_by_one() {
    ChannelGraph graph = Toys.graph(NODES, 60, 7);
    boolean[] none = new boolean[NODES];
    boolean[] some = new boolean[NODES];
    some[3] = some[11] = true;
    try (Scope scope = Scope.open()) {
      Encoder encoder = Encoder.create(EncoderKind.GAT, FEATURES, new Random(8));
      Tensor h = NodeFeatures.tensor(Toys.features(NODES, FEATURES, 9), graph);

      float[] together =
          encoder
              .encode(Tensor.cat(0, h, h), Neighbourhoods.of(graph, List.of(none, some)))
              .toFloats();
      float[] alone =
          Tensor.cat(
                  0,
                  encoder.encode(h, Neighbourhoods.of(graph)),
                  encoder.encode(h, Neighbourhoods.of(graph, List.of(some))))
              .toFloats();

      for (int i = 0; i < together.length; i++) {
        assertThat(together[i]).isCloseTo(alone[i], within(1e-5f));
      }
    }
  }

  @Test
  void the_encoder_without_a_graph_ignores_edges() {
    ChannelGraph graph = Toys.graph(NODES, 60, 7);
    try (Scope scope = Scope.open()) {
      Encoder encoder = Encoder.create(EncoderKind.MLP, FEATURES, new Random(8));
      Tensor h = NodeFeatures.tensor(Toys.features(NODES, FEATURES, 9), graph);

      assertThat(encoder.encode(h, Neighbourhoods.of(graph)).toFloats())
          .isEqualTo(encoder.encode(h, Neighbourhoods.of(ChannelGraph.edgeless(NODES))).toFloats());
    }
  }

  /** The layer by the book: scores of all pairs [N, N, heads], −∞ where there is no edge. */
  private static Tensor dense(GatLayer layer, Tensor h, Tensor adjacency) {
    Tensor projected = layer.project(h);
    Tensor e =
        layer
            .scoreAsCentre(projected)
            .unsqueeze(1)
            .add(layer.scoreAsNeighbour(projected).unsqueeze(0))
            .leakyRelu(0.2)
            .maskedFill(adjacency.equalTo(0).unsqueeze(2), Double.NEGATIVE_INFINITY);
    Tensor alpha = e.softmax(1).permute(2, 0, 1);
    Tensor said = alpha.matmul(projected.permute(1, 0, 2)).permute(1, 0, 2);
    return said.reshape(h.size(0), -1).elu(1);
  }

  private static Tensor adjacency(ChannelGraph graph) {
    int n = graph.nodes();
    float[] matrix = new float[n * n];
    for (int i = 0; i < n; i++) {
      matrix[i * n + i] = 1;
    }
    int[] from = graph.from();
    int[] to = graph.to();
    for (int e = 0; e < from.length; e++) {
      matrix[from[e] * n + to[e]] = 1;
      matrix[to[e] * n + from[e]] = 1;
    }
    return Tensor.of(matrix, n, n);
  }
}
