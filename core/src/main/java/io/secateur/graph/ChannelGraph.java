package io.secateur.graph;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * An undirected graph without loops over {@code nodes} channels: edge e joins {@code from[e]} and
 * {@code to[e]} and is listed once, in either direction. Immutable: arrays are copied in and out.
 *
 * @param nodes number of nodes, at least 1
 * @param from one end of each edge, in [0, nodes)
 * @param to the other end
 */
public record ChannelGraph(int nodes, int[] from, int[] to) {
  /** Checks the ends, and that no edge is a loop or listed twice. */
  public ChannelGraph {
    if (nodes < 1) {
      throw new IllegalArgumentException("a graph needs at least one node, got " + nodes);
    }
    if (from.length != to.length) {
      throw new IllegalArgumentException(
          "edges need two ends, got " + from.length + " and " + to.length);
    }
    from = from.clone();
    to = to.clone();
    Set<Long> seen = new HashSet<>();
    for (int e = 0; e < from.length; e++) {
      int low = Math.min(from[e], to[e]);
      int high = Math.max(from[e], to[e]);
      if (low < 0 || high >= nodes || low == high) {
        throw new IllegalArgumentException(
            "edge " + e + " joins " + from[e] + " and " + to[e] + " in a graph of " + nodes);
      }
      if (!seen.add((long) low * nodes + high)) {
        throw new IllegalArgumentException("edge " + low + " - " + high + " is listed twice");
      }
    }
  }

  /** {@code nodes} channels, none connected. */
  public static ChannelGraph edgeless(int nodes) {
    return new ChannelGraph(nodes, new int[0], new int[0]);
  }

  /** One end of each edge, a node; a copy. */
  @Override
  public int[] from() {
    return from.clone();
  }

  /** The other end of each edge; a copy. */
  @Override
  public int[] to() {
    return to.clone();
  }

  /** Number of edges. */
  public int edges() {
    return from.length;
  }

  /** Number of edges that end in each node. */
  public int[] degrees() {
    int[] degrees = new int[nodes];
    for (int e = 0; e < from.length; e++) {
      degrees[from[e]]++;
      degrees[to[e]]++;
    }
    return degrees;
  }

  /** What is left of this graph among {@code members}, numbered from 0 in their order. */
  public ChannelGraph among(List<Integer> members) {
    Map<Integer, Integer> places = new HashMap<>();
    for (int place = 0; place < members.size(); place++) {
      if (members.get(place) < 0 || members.get(place) >= nodes) {
        throw new IllegalArgumentException(
            "no node " + members.get(place) + " in a graph of " + nodes);
      }
      if (places.put(members.get(place), place) != null) {
        throw new IllegalArgumentException("node " + members.get(place) + " is listed twice");
      }
    }
    int[] within =
        IntStream.range(0, from.length)
            .filter(e -> places.containsKey(from[e]) && places.containsKey(to[e]))
            .toArray();
    return new ChannelGraph(
        members.size(),
        Arrays.stream(within).map(e -> places.getOrDefault(from[e], -1)).toArray(),
        Arrays.stream(within).map(e -> places.getOrDefault(to[e], -1)).toArray());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ChannelGraph that
        && nodes == that.nodes
        && Arrays.equals(from, that.from)
        && Arrays.equals(to, that.to);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * nodes + Arrays.hashCode(from)) + Arrays.hashCode(to);
  }

  @Override
  public String toString() {
    return "ChannelGraph(nodes=" + nodes + ", edges=" + edges() + ")";
  }
}
