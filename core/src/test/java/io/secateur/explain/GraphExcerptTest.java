package io.secateur.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.graph.ChannelGraph;
import io.secateur.graph.ConnectionGraph;
import io.secateur.nn.Channel;
import io.secateur.nn.Network;
import io.secateur.nn.RandomNetworks;
import io.secateur.prune.PruningSpace;
import io.secateur.prune.PruningUnits;
import io.secateur.prune.UnitKind;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GraphExcerptTest {
  private final Network network = RandomNetworks.stock("resnet20", 16, 1);
  private final PruningSpace space =
      PruningUnits.of(network.architecture(), UnitKind.BATCH_NORM, 0);
  private final ChannelGraph graph =
      ConnectionGraph.of(network, space, ConnectionGraph.Settings.PAPER);
  private final Set<Channel> pruned =
      Set.of(new Channel("layer1.0.bn1", 3), new Channel("layer3.2.bn2", 60));

  @Test
  void a_graph_that_fits_is_shown_whole() {
    GraphExcerpt all =
        GraphExcerpt.of(space, graph, pruned, new GraphExcerpt.Settings(1000, 100_000, 100_000));

    assertThat(all.nodes()).hasSize(graph.nodes());
    assertThat(all.edges()).hasSize(graph.edges());
    assertThat(all.layers()).hasSize(space.layers().size());
    assertThat(all.nodes().stream().filter(GraphExcerpt.Node::pruned).count()).isEqualTo(2);
    int[] degrees = new int[all.nodes().size()];
    for (GraphExcerpt.Edge edge : all.edges()) {
      degrees[edge.from()]++;
      degrees[edge.to()]++;
      // this reading of the graph joins channels of one layer
      assertThat(all.nodes().get(edge.from()).layer())
          .isEqualTo(all.nodes().get(edge.to()).layer());
    }
    for (int n = 0; n < degrees.length; n++) {
      assertThat(all.nodes().get(n).degree()).isEqualTo(degrees[n]);
    }
  }

  @Test
  void what_is_left_out_is_never_a_pruned_node() {
    GraphExcerpt few = GraphExcerpt.of(space, graph, pruned, new GraphExcerpt.Settings(4, 16, 5));

    assertThat(few.layers()).hasSize(4);
    assertThat(few.nodes()).hasSizeLessThanOrEqualTo(16);
    assertThat(few.edges()).hasSizeLessThanOrEqualTo(5);
    assertThat(few.allNodes()).isEqualTo(graph.nodes());
    assertThat(few.allEdges()).isEqualTo(graph.edges());
    Set<Channel> shown = new HashSet<>();
    few.nodes().stream()
        .filter(GraphExcerpt.Node::pruned)
        .forEach(n -> shown.add(new Channel(few.layers().get(n.layer()).name(), n.index())));
    assertThat(shown).isEqualTo(pruned);
    assertThat(few)
        .isEqualTo(GraphExcerpt.of(space, graph, pruned, new GraphExcerpt.Settings(4, 16, 5)));
  }
}
