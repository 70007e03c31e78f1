package io.secateur.explain;

import io.secateur.graph.ChannelGraph;
import io.secateur.nn.Channel;
import io.secateur.prune.PruningSpace;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The part of a channel graph that can be shown: of each layer the pruned nodes, their neighbours
 * and those with most edges, as far as there is room.
 *
 * @param layers those that have nodes here, in network order
 * @param nodes by layer
 * @param edges pairs of positions in {@code nodes}
 * @param allNodes in the whole graph
 * @param allEdges in the whole graph
 */
public record GraphExcerpt(
    List<Layer> layers, List<Node> nodes, List<Edge> edges, int allNodes, int allEdges) {
  /** Copies the lists. */
  public GraphExcerpt {
    layers = List.copyOf(layers);
    nodes = List.copyOf(nodes);
    edges = List.copyOf(edges);
  }

  /** A layer, how many nodes it has, and how many of them are pruned. */
  public record Layer(String name, int total, int pruned) {}

  /** A node: position of its layer among {@code layers}, channel, edges in the whole graph. */
  public record Node(int layer, int index, int degree, boolean pruned) {}

  /** Positions of two nodes. */
  public record Edge(int from, int to) {}

  /**
   * Bounds.
   *
   * @param layers at most so many; those without a pruned node go first
   * @param nodes at most so many
   * @param edges at most so many; those without a pruned end go first
   */
  public record Settings(int layers, int nodes, int edges) {
    /** 60 layers, 600 nodes, 1500 edges. */
    public static final Settings DEFAULT = new Settings(60, 600, 1500);
  }

  /** What is shown of {@code graph}, whose nodes are the units of {@code space}. */
  public static GraphExcerpt of(
      PruningSpace space, ChannelGraph graph, Set<Channel> pruned, Settings settings) {
    boolean[] gone = new boolean[space.size()];
    for (int unit = 0; unit < gone.length; unit++) {
      gone[unit] = space.units().get(unit).channels().stream().anyMatch(pruned::contains);
    }
    boolean[] near = new boolean[space.size()];
    int[] from = graph.from();
    int[] to = graph.to();
    for (int e = 0; e < from.length; e++) {
      near[from[e]] |= gone[to[e]];
      near[to[e]] |= gone[from[e]];
    }
    int[] degrees = graph.degrees();
    Map<String, List<Integer>> shownLayers = layers(space, gone, settings.layers());
    int share = Math.max(1, settings.nodes() / Math.max(1, shownLayers.size()));
    List<Layer> layers = new ArrayList<>();
    List<Node> nodes = new ArrayList<>();
    Map<Integer, Integer> place = new HashMap<>();
    shownLayers.forEach(
        (name, units) -> {
          List<Integer> chosen =
              units.stream()
                  .sorted(
                      Comparator.comparingInt((Integer u) -> gone[u] ? 0 : near[u] ? 1 : 2)
                          .thenComparing(u -> -degrees[u])
                          .thenComparing(u -> u))
                  .limit(share)
                  .sorted()
                  .toList();
          for (int unit : chosen) {
            place.put(unit, nodes.size());
            nodes.add(
                new Node(
                    layers.size(),
                    space.units().get(unit).channels().get(0).index(),
                    degrees[unit],
                    gone[unit]));
          }
          int cut = (int) units.stream().filter(u -> gone[u]).count();
          layers.add(new Layer(name, units.size(), cut));
        });
    List<Edge> edges = new ArrayList<>();
    for (boolean first : new boolean[] {true, false}) {
      for (int e = 0; e < from.length && edges.size() < settings.edges(); e++) {
        Integer a = place.get(from[e]);
        Integer b = place.get(to[e]);
        if (a != null && b != null && first == (gone[from[e]] || gone[to[e]])) {
          edges.add(new Edge(a, b));
        }
      }
    }
    return new GraphExcerpt(layers, nodes, edges, graph.nodes(), graph.edges());
  }

  private static Map<String, List<Integer>> layers(PruningSpace space, boolean[] gone, int most) {
    Map<String, List<Integer>> all = space.layers();
    List<String> kept =
        all.entrySet().stream()
            .sorted(
                Comparator.comparing(
                    (Map.Entry<String, List<Integer>> layer) ->
                        layer.getValue().stream().noneMatch(u -> gone[u])))
            .limit(most)
            .map(Map.Entry::getKey)
            .toList();
    all.keySet().retainAll(kept);
    return all;
  }
}
