package io.secateur.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.graph.ChannelGraph;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GcnLayerTest {
  private static final int NODES = 20;
  private static final int FEATURES = 6;
  private static final int WIDTH = 4;

  @Test
  void sparse_convolution_equals_the_normalised_adjacency_times_what_is_said() {
    ChannelGraph graph = Toys.graph(NODES, 40, 1);
    try (Scope scope = Scope.open()) {
      GcnLayer layer = new GcnLayer(FEATURES, WIDTH, new Random(2));
      float[][] features = Toys.features(NODES, FEATURES, 3);
      float[] w = layer.parameters().get(0).toFloats();

      float[] sparse =
          layer.apply(NodeFeatures.tensor(features, graph), Neighbourhoods.of(graph)).toFloats();

      double[][] a = adjacencyWithSelves(graph);
      for (int i = 0; i < NODES; i++) {
        for (int k = 0; k < WIDTH; k++) {
          double sum = 0;
          for (int j = 0; j < NODES; j++) {
            double said = 0;
            for (int f = 0; f < FEATURES; f++) {
              said += w[k * FEATURES + f] * features[j][f];
            }
            sum += a[i][j] / Math.sqrt(degree(a[i]) * degree(a[j])) * said;
          }
          double expected = sum > 0 ? sum : Math.expm1(sum);
          assertThat(sparse[i * WIDTH + k]).isCloseTo((float) expected, within(1e-5f));
        }
      }
    }
  }

  @Test
  void an_encoder_of_graph_convolutions_hears_neighbours_and_one_without_a_graph_does_not() {
    ChannelGraph graph = Toys.graph(NODES, 40, 4);
    ChannelGraph edgeless = ChannelGraph.edgeless(NODES);
    try (Scope scope = Scope.open()) {
      Tensor features = NodeFeatures.tensor(Toys.features(NODES, FEATURES, 5), graph);
      Encoder convolutions = Encoder.create(EncoderKind.GCN, FEATURES, new Random(6));
      Encoder alone = Encoder.create(EncoderKind.MLP, FEATURES, new Random(6));

      assertThat(encoded(convolutions, features, graph))
          .isNotEqualTo(encoded(convolutions, features, edgeless));
      assertThat(encoded(alone, features, graph)).isEqualTo(encoded(alone, features, edgeless));
    }
  }

  private static float[] encoded(Encoder encoder, Tensor features, ChannelGraph graph) {
    return encoder.encode(features, Neighbourhoods.of(graph)).toFloats();
  }

  private static double[][] adjacencyWithSelves(ChannelGraph graph) {
    double[][] a = new double[NODES][NODES];
    for (int i = 0; i < NODES; i++) {
      a[i][i] = 1;
    }
    int[] from = graph.from();
    int[] to = graph.to();
    for (int e = 0; e < from.length; e++) {
      a[from[e]][to[e]] = 1;
      a[to[e]][from[e]] = 1;
    }
    return a;
  }

  private static double degree(double[] row) {
    double degree = 0;
    for (double edge : row) {
      degree += edge;
    }
    return degree;
  }
}
