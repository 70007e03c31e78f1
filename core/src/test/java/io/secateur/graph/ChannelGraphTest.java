package io.secateur.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class ChannelGraphTest {
  @Test
  void degrees_count_both_ends_of_every_edge() {
    ChannelGraph path = new ChannelGraph(4, new int[] {0, 2}, new int[] {1, 1});

    assertThat(path.edges()).isEqualTo(2);
    assertThat(path.degrees()).containsExactly(1, 2, 1, 0);
  }

  @Test
  void equality_is_by_content_and_arrays_are_copied_in_and_out() {
    int[] from = {0};
    ChannelGraph graph = new ChannelGraph(2, from, new int[] {1});
    from[0] = 1;
    graph.to()[0] = 0;

    assertThat(graph).isEqualTo(new ChannelGraph(2, new int[] {0}, new int[] {1}));
    assertThat(graph).hasSameHashCodeAs(new ChannelGraph(2, new int[] {0}, new int[] {1}));
    assertThat(graph).isNotEqualTo(ChannelGraph.edgeless(2));
  }

  @Test
  void among_some_nodes_only_the_edges_between_them_are_left() {
    ChannelGraph path = new ChannelGraph(4, new int[] {0, 2, 2}, new int[] {1, 1, 3});

    ChannelGraph tail = path.among(List.of(3, 2, 0));

    assertThat(tail).isEqualTo(new ChannelGraph(3, new int[] {1}, new int[] {0}));
    assertThat(path.among(List.of(0, 1, 2, 3))).isEqualTo(path);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> path.among(List.of(0, 4)))
        .withMessageContaining("no node 4");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> path.among(List.of(2, 2)))
        .withMessageContaining("node 2 is listed twice");
  }

  @Test
  void loops_duplicates_and_ends_outside_are_refused() {
    refused("joins 1 and 1", 2, new int[] {1}, new int[] {1});
    refused("joins 0 and 2", 2, new int[] {0}, new int[] {2});
    refused("0 - 1 is listed twice", 2, new int[] {0, 1}, new int[] {1, 0});
    refused("two ends", 2, new int[] {0}, new int[] {});
    refused("at least one node", 0, new int[] {}, new int[] {});
  }

  private static void refused(String why, int nodes, int[] from, int[] to) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ChannelGraph(nodes, from, to))
        .withMessageContaining(why);
  }
}
