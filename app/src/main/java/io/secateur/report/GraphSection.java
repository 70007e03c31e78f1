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
 * @param chart layers, nodes and edges with their places, for the page's script
 */
public record GraphSection(String absent, String summary, Map<String, Object> chart) {
  private static final double RADIUS = 40;
  private static final double CELL = 116;

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
    int layers = graph.layers().size();
    int columns = (int) Math.max(1, Math.ceil(Math.sqrt(layers * 1.7)));
    int[] members = new int[layers];
    graph.nodes().forEach(node -> members[node.layer()]++);
    int[] placed = new int[layers];
    List<List<Number>> nodes = new ArrayList<>();
    for (GraphExcerpt.Node node : graph.nodes()) {
      int layer = node.layer();
      double angle = 2 * Math.PI * placed[layer]++ / members[layer] - Math.PI / 2;
      double x = layer % columns * CELL + RADIUS * Math.cos(angle);
      double y = layer / columns * CELL + RADIUS * Math.sin(angle);
      nodes.add(
          List.of(
              layer, node.index(), node.degree(), node.pruned() ? 1 : 0, rounded(x), rounded(y)));
    }
    List<List<Number>> edges = new ArrayList<>();
    graph.edges().forEach(edge -> edges.add(List.of(edge.from(), edge.to())));
    List<List<Object>> rings = new ArrayList<>();
    for (int layer = 0; layer < layers; layer++) {
      GraphExcerpt.Layer ring = graph.layers().get(layer);
      rings.add(
          List.of(ring.name(), ring.pruned(), layer % columns * CELL, layer / columns * CELL));
    }
    Map<String, Object> chart = new LinkedHashMap<>();
    chart.put("rings", rings);
    chart.put("nodes", nodes);
    chart.put("edges", edges);
    return chart;
  }

  private static double rounded(double value) {
    return Math.round(10 * value) / 10.0;
  }
}
