package io.secateur.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.secateur.graph.ConnectionGraph.Reading;
import io.secateur.graph.ConnectionGraph.Settings;
import io.secateur.nn.ArchitectureBuilder;
import io.secateur.nn.Channel;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Layer;
import io.secateur.nn.Network;
import io.secateur.nn.Preprocessing;
import io.secateur.nn.RandomNetworks;
import io.secateur.nn.WeightTensor;
import io.secateur.nn.Weights;
import io.secateur.nn.Window;
import io.secateur.prune.PruningSpace;
import io.secateur.prune.PruningUnit;
import io.secateur.prune.PruningUnits;
import io.secateur.prune.UnitKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jgrapht.Graph;
import org.jgrapht.alg.connectivity.ConnectivityInspector;
import org.jgrapht.graph.DefaultEdge;
import org.jgrapht.graph.SimpleGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConnectionGraphTest {
  @ParameterizedTest
  @CsvSource({"64, 25", "128, 101", "256, 406", "512, 1632"})
  void five_percent_of_the_pairs_of_the_larger_half_become_edges(int channels, int edges) {
    Network network = layerOf(channels);
    PruningSpace space = PruningUnits.of(network.architecture(), UnitKind.BATCH_NORM, 0);

    ChannelGraph graph = ConnectionGraph.of(network, space, Settings.PAPER);

    assertThat(graph.nodes()).isEqualTo(channels);
    assertThat(graph.edges()).isEqualTo(edges);
  }

  @Test
  void edges_are_the_most_alike_pairs_of_each_layer_above_its_median_magnitude() {
    Network network = RandomNetworks.stock("resnet18-w8", 16, 4);
    PruningSpace space = PruningUnits.of(network.architecture(), UnitKind.BATCH_NORM, 2);
    ConnectionStrength strength = new ConnectionStrength(network);
    float[][] q = strength.profiles(space);
    double[] magnitude = strength.magnitudes(space);

    Set<List<Integer>> edges = edges(ConnectionGraph.of(network, space, Settings.PAPER));

    int expectedEdges = 0;
    for (List<Integer> layer : space.layers().values()) {
      double median = median(layer.stream().mapToDouble(u -> magnitude[u]).toArray());
      List<Integer> large = layer.stream().filter(u -> magnitude[u] > median).toList();
      assertThat(large).hasSize(layer.size() / 2);
      List<List<Integer>> pairs = new ArrayList<>();
      for (int i : large) {
        for (int j : large) {
          if (i < j) {
            pairs.add(List.of(i, j));
          }
        }
      }
      long chosen = pairs.stream().filter(edges::contains).count();
      assertThat(chosen).isEqualTo(Math.round(0.05 * pairs.size())).isPositive();
      double weakestEdge = Double.POSITIVE_INFINITY;
      double strongestOther = Double.NEGATIVE_INFINITY;
      for (List<Integer> pair : pairs) {
        double s = cosine(q[pair.get(0)], q[pair.get(1)]);
        if (edges.contains(pair)) {
          weakestEdge = Math.min(weakestEdge, s);
        } else {
          strongestOther = Math.max(strongestOther, s);
        }
      }
      assertThat(weakestEdge).isGreaterThanOrEqualTo(strongestOther - 1e-12);
      expectedEdges += (int) chosen;
    }
    // no edge joins two layers or a small channel
    assertThat(edges).hasSize(expectedEdges);
  }

  @Test
  void degrees_and_components_are_those_that_an_independent_graph_library_counts() {
    Network network = RandomNetworks.stock("resnet20", 16, 5);
    PruningSpace space = PruningUnits.of(network.architecture(), UnitKind.INNER, 0);

    ChannelGraph graph = ConnectionGraph.of(network, space, Settings.PAPER);

    Graph<Integer, DefaultEdge> oracle = new SimpleGraph<>(DefaultEdge.class);
    for (int node = 0; node < graph.nodes(); node++) {
      oracle.addVertex(node);
    }
    for (int e = 0; e < graph.edges(); e++) {
      oracle.addEdge(graph.from()[e], graph.to()[e]);
    }
    int[] degrees = graph.degrees();
    for (int node = 0; node < graph.nodes(); node++) {
      assertThat(degrees[node]).isEqualTo(oracle.degreeOf(node));
    }
    List<List<Integer>> layers = List.copyOf(space.layers().values());
    for (Set<Integer> component : new ConnectivityInspector<>(oracle).connectedSets()) {
      assertThat(layers).anyMatch(layer -> layer.containsAll(component));
    }
  }

  @Test
  void sparse_cosine_forgets_small_entries_before_comparing() {
    // strengths to four inputs; whole profiles make a and b the most alike pair, large entries
    // alone b and c
    Network network =
        onePixel(
            new float[][] {
              {5, 4.5f, 4.5f, 4.5f},
              {4.9f, 4.4f, 4.4f, 4.9f},
              {9, 0.1f, 4.3f, 9},
              {0.1f, 9, 0.1f, 0.1f}
            });
    PruningSpace space = PruningUnits.of(network.architecture(), UnitKind.BATCH_NORM, 0);

    Set<List<Integer>> whole = edges(graph(network, space, Reading.COSINE, 1));
    Set<List<Integer>> sparse = edges(graph(network, space, Reading.SPARSE_COSINE, 0.375));

    assertThat(whole).containsExactly(List.of(0, 1));
    // δ keeps 6 of 16 entries: 9, 9, 9, 5, 4.9, 4.9; then a = (5,0,0,0), b = (4.9,0,0,4.9),
    // c = (9,0,0,9), d = (0,9,0,0)
    assertThat(sparse).containsExactly(List.of(1, 2));
  }

  @Test
  void bipartite_edges_join_channels_to_the_filters_that_weigh_them_most() {
    Network network = twoLayers();
    PruningSpace space = PruningUnits.of(network.architecture(), UnitKind.BATCH_NORM, 0);
    int[] first = {unit(space, "norm1", 0), unit(space, "norm1", 1)};
    int[] second = {unit(space, "norm2", 0), unit(space, "norm2", 1), unit(space, "norm2", 2)};

    // the kernels of second[i] on first[c] are {1, 6}, {5, 2}, {3, 4}: half of six are edges
    Set<List<Integer>> edges =
        edges(ConnectionGraph.of(network, space, new Settings(Reading.BIPARTITE, 0.5, 0.5)));

    assertThat(edges)
        .containsExactlyInAnyOrder(
            List.of(first[1], second[0]),
            List.of(first[0], second[1]),
            List.of(first[1], second[2]));
  }

  @Test
  void bipartite_edges_of_grouped_filters_stay_within_the_group() {
    var net = new ArchitectureBuilder("grouped", new FeatureShape(1, 2, 2));
    String x =
        net.relu("relu", net.batchNorm("norm1", net.conv("a", net.input(), 4, 1, 1, 0, false)));
    x = net.add("b", new Layer.Conv2d(4, 4, Window.square(1, 1, 0), 2, false), x);
    net.linear("fc", net.add("flat", new Layer.Flatten(), net.batchNorm("norm2", x)), 2);
    Network network = RandomNetworks.of(net.build(), 6);
    PruningSpace space = PruningUnits.of(network.architecture(), UnitKind.BATCH_NORM, 0);

    Set<List<Integer>> edges =
        edges(ConnectionGraph.of(network, space, new Settings(Reading.BIPARTITE, 1, 1)));

    Set<List<Integer>> expected = new HashSet<>();
    for (int out = 0; out < 4; out++) {
      for (int in = 0; in < 4; in++) {
        if (out / 2 == in / 2) {
          expected.add(List.of(unit(space, "norm1", in), unit(space, "norm2", out)));
        }
      }
    }
    assertThat(edges).isEqualTo(expected);
  }

  @Test
  void the_same_network_has_the_same_graph() {
    Network network = RandomNetworks.stock("preactresnet18-w8", 16, 7);
    PruningSpace space = PruningUnits.of(network.architecture(), UnitKind.STREAM, 0);

    for (Reading reading : Reading.values()) {
      Settings settings = new Settings(reading, 0.05, 0.5);
      assertThat(ConnectionGraph.of(network, space, settings))
          .as(reading.name())
          .isEqualTo(ConnectionGraph.of(network, space, settings));
    }
  }

  @Test
  void filters_without_any_weight_resemble_nothing() {
    assertThat(ConnectionGraph.cosine(new float[3], new float[] {1, 2, 3})).isZero();
    assertThat(ConnectionGraph.cosine(new float[] {3, 0, 4}, new float[] {0, 5, 0})).isZero();
    assertThat(ConnectionGraph.cosine(new float[] {3, 4}, new float[] {4, 3})).isEqualTo(24 / 25.0);
  }

  @Test
  void shares_outside_zero_to_one_are_refused() {
    for (double share : new double[] {0, 1.01, Double.NaN}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new Settings(Reading.COSINE, share, 0.5))
          .withMessageContaining("edges " + share);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new Settings(Reading.COSINE, 0.5, share))
          .withMessageContaining("nodes " + share);
    }
  }

  /** One edge per layer: of the six pairs of four channels, 1/6. */
  private static ChannelGraph graph(
      Network network, PruningSpace space, Reading reading, double nodeShare) {
    return ConnectionGraph.of(network, space, new Settings(reading, 1 / 6.0, nodeShare));
  }

  private static Network layerOf(int channels) {
    var net = new ArchitectureBuilder("layer", new FeatureShape(8, 4, 4));
    String x =
        net.relu(
            "relu", net.batchNorm("norm", net.conv("conv", net.input(), channels, 3, 1, 1, false)));
    x = net.add("pool", new Layer.GlobalAveragePool(), x);
    net.linear("fc", net.add("flat", new Layer.Flatten(), x), 2);
    return RandomNetworks.of(net.build(), channels);
  }

  /** One 1 x 1 convolution without batch norm whose filters are the given rows. */
  private static Network onePixel(float[][] filters) {
    var net = new ArchitectureBuilder("pixel", new FeatureShape(filters[0].length, 1, 1));
    String x = net.relu("relu", net.conv("conv", net.input(), filters.length, 1, 1, 0, false));
    net.linear("fc", net.add("flat", new Layer.Flatten(), x), 2);
    return network(net, Map.of("conv.weight", filters));
  }

  private static Network twoLayers() {
    var net = new ArchitectureBuilder("two", new FeatureShape(1, 1, 1));
    String x = net.batchNorm("norm1", net.conv("a", net.input(), 2, 1, 1, 0, false));
    x = net.batchNorm("norm2", net.conv("b", net.relu("relu", x), 3, 1, 1, 0, false));
    net.linear("fc", net.add("flat", new Layer.Flatten(), x), 2);
    return network(net, Map.of("b.weight", new float[][] {{1, -6}, {-5, 2}, {3, 4}}));
  }

  private static Network network(ArchitectureBuilder net, Map<String, float[][]> rows) {
    Network random = RandomNetworks.of(net.build(), 8);
    Map<String, WeightTensor> set = new LinkedHashMap<>();
    rows.forEach(
        (name, values) -> {
          int width = values[0].length;
          float[] flat = new float[values.length * width];
          for (int i = 0; i < flat.length; i++) {
            flat[i] = values[i / width][i % width];
          }
          set.put(name, random.weights().get(name).withFloats(flat));
        });
    Weights weights = random.weights().with(set);
    Preprocessing preprocessing = random.preprocessing();
    return new Network(random.architecture(), weights, preprocessing);
  }

  private static int unit(PruningSpace space, String node, int index) {
    return space.units().indexOf(new PruningUnit(List.of(new Channel(node, index))));
  }

  /** Both ends ascending. */
  private static Set<List<Integer>> edges(ChannelGraph graph) {
    Set<List<Integer>> edges = new HashSet<>();
    for (int e = 0; e < graph.edges(); e++) {
      edges.add(List.copyOf(new TreeSet<>(List.of(graph.from()[e], graph.to()[e]))));
    }
    return edges;
  }

  private static double cosine(float[] a, float[] b) {
    double dot = 0;
    for (int i = 0; i < a.length; i++) {
      dot += a[i] / norm(a) * (b[i] / norm(b));
    }
    return dot;
  }

  private static double norm(float[] a) {
    double sum = 0;
    for (float value : a) {
      sum = Math.hypot(sum, value);
    }
    return sum;
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }
}
