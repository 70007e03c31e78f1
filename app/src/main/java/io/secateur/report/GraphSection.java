package io.secateur.report;

import io.secateur.explain.GraphExcerpt;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The channel graph, each layer as a ring.
 *
 * @param absent why there is none; empty if there is one
 * @param summary what is drawn and what is left out
 * @param chart layers, nodes and edges, for the page's script
 */
public record GraphSection(String absent, String summary, Map<String, Object> chart) {
  static GraphSection of(Evidence evidence) {
    if (evidence.graph().isEmpty()) {
      return new GraphSection(
          evidence.absent().getOrDefault("graph", "It was not recorded."), "", Map.of());
    }
    GraphExcerpt graph = evidence.graph().get();
    return new GraphSection("", summary(graph), chart(graph));
  }

  private static String summary(GraphExcerpt graph) {
    long pruned = graph.nodes().stream().filter(GraphExcerpt.Node::pruned).count();
    long touching =
        graph.edges().stream()
            .filter(
                edge ->
                    graph.nodes().get(edge.from()).pruned()
                        || graph.nodes().get(edge.to()).pruned())
            .count();
    boolean whole =
        graph.nodes().size() == graph.allNodes() && graph.edges().size() == graph.allEdges();
    return String.format(
        Locale.ROOT,
        "%s: %s and %s in %s; %d of the nodes are pruned, %d of the edges end in one.%s",
        whole ? "The whole graph" : "A part of the graph",
        Shares.count(graph.nodes().size(), "node"),
        Shares.count(graph.edges().size(), "edge"),
        Shares.count(graph.layers().size(), "layer"),
        pruned,
        touching,
        whole
            ? ""
            : String.format(
                Locale.ROOT,
                " Of %,d nodes and %,d edges in all, those are shown that are pruned, their"
                    + " neighbours, and the best connected.",
                graph.allNodes(),
                graph.allEdges()));
  }

  private static Map<String, Object> chart(GraphExcerpt graph) {
    List<List<Object>> rings = new ArrayList<>();
    graph.layers().forEach(layer -> rings.add(List.of(layer.name(), layer.pruned())));
    List<List<Integer>> nodes = new ArrayList<>();
    for (GraphExcerpt.Node node : graph.nodes()) {
      nodes.add(List.of(node.layer(), node.index(), node.degree(), node.pruned() ? 1 : 0));
    }
    List<List<Integer>> edges = new ArrayList<>();
    graph.edges().forEach(edge -> edges.add(List.of(edge.from(), edge.to())));
    Map<String, Object> chart = new LinkedHashMap<>();
    chart.put("rings", rings);
    chart.put("nodes", nodes);
    chart.put("edges", edges);
    return chart;
  }
}
