package io.secateur.graph;

import io.secateur.nn.Channel;
import io.secateur.nn.CouplingGroups;
import io.secateur.nn.Layer;
import io.secateur.nn.Network;
import io.secateur.nn.Node;
import io.secateur.prune.PruningSpace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * ONP's graph of a network: a node per unit, an edge where two units of one layer draw on the
 * previous layer alike,
 *
 * <pre>s_ij = ⟨q_i, q_j⟩ / (‖q_i‖₂ ‖q_j‖₂) &ge; ε,   both with magnitude m &gt; δ</pre>
 *
 * with ε and δ set per layer so that the shares {@code edgeShare} of pairs and {@code nodeShare} of
 * nodes are conserved (5 % and 50 % in the paper). Because q ≥ 0 every cosine is high: only
 * quantiles tell.
 *
 * <p>Differs from the paper in: what δ thresholds is not known; {@link Reading} lists the readings.
 * By default a node below δ loses its edges but stays prunable, for a backdoor's channel can be
 * small.
 *
 * <p>Cost: O(n² d) per layer of n units with profiles of length d.
 */
public final class ConnectionGraph {
  /** What the thresholds apply to. */
  public enum Reading {
    /** Cosine of whole profiles; δ on the units' magnitude. */
    COSINE,
    /**
     * δ is a quantile of the single entries of q: smaller ones become 0 before the cosine; every
     * node keeps its edges.
     */
    SPARSE_COSINE,
    /**
     * Edges between consecutive layers, weighted with the kernel norm ‖K‖₁ between the two
     * channels.
     */
    BIPARTITE
  }

  /**
   * Settings.
   *
   * @param reading which graph
   * @param edgeShare share of pairs that become edges, in (0, 1]
   * @param nodeShare share of nodes above δ, in (0, 1]
   */
  public record Settings(Reading reading, double edgeShare, double nodeShare) {
    /** 5 % of edges, 50 % of nodes. */
    public static final Settings PAPER = new Settings(Reading.COSINE, 0.05, 0.5);

    /** Rejects shares outside (0, 1]. */
    public Settings {
      if (!(edgeShare > 0 && edgeShare <= 1 && nodeShare > 0 && nodeShare <= 1)) {
        throw new IllegalArgumentException(
            "graph shares must be in (0, 1], got edges " + edgeShare + " and nodes " + nodeShare);
      }
    }
  }

  private record Pair(int from, int to, double weight) {}

  private ConnectionGraph() {}

  /** The graph of {@code space} in {@code network}. */
  public static ChannelGraph of(Network network, PruningSpace space, Settings settings) {
    ConnectionStrength strength = new ConnectionStrength(network);
    boolean[] kept =
        settings.reading() == Reading.COSINE
            ? conserved(network, space, settings.nodeShare())
            : all(space);
    List<Pair> edges = new ArrayList<>();
    if (settings.reading() == Reading.BIPARTITE) {
      edges.addAll(strongest(bipartite(network, space, strength), settings.edgeShare()));
    } else {
      float[][] profiles = strength.profiles(space);
      for (List<Integer> layer : space.layers().values()) {
        if (settings.reading() == Reading.SPARSE_COSINE) {
          sparsify(profiles, layer, settings.nodeShare());
        }
        edges.addAll(strongest(cosines(profiles, layer, kept), settings.edgeShare()));
      }
    }
    int[] from = edges.stream().mapToInt(Pair::from).toArray();
    int[] to = edges.stream().mapToInt(Pair::to).toArray();
    return new ChannelGraph(space.size(), from, to);
  }

  /** Which units lie above δ: per layer the {@code share} of largest magnitude. */
  public static boolean[] conserved(Network network, PruningSpace space, double share) {
    double[] magnitudes = new ConnectionStrength(network).magnitudes(space);
    boolean[] kept = new boolean[space.size()];
    for (List<Integer> layer : space.layers().values()) {
      layer.stream()
          .sorted(
              Comparator.comparingDouble((Integer unit) -> -magnitudes[unit])
                  .thenComparing(unit -> unit))
          .limit(Math.max(1, Math.round(share * layer.size())))
          .forEach(unit -> kept[unit] = true);
    }
    return kept;
  }

  private static boolean[] all(PruningSpace space) {
    boolean[] kept = new boolean[space.size()];
    Arrays.fill(kept, true);
    return kept;
  }

  private static List<Pair> cosines(float[][] profiles, List<Integer> layer, boolean[] kept) {
    List<Pair> pairs = new ArrayList<>();
    for (int a = 0; a < layer.size(); a++) {
      for (int b = a + 1; b < layer.size(); b++) {
        int i = layer.get(a);
        int j = layer.get(b);
        if (kept[i] && kept[j] && profiles[i].length == profiles[j].length) {
          pairs.add(new Pair(i, j, cosine(profiles[i], profiles[j])));
        }
      }
    }
    return pairs;
  }

  /** The share of pairs with the largest weight; ε is the smallest weight among them. */
  private static List<Pair> strongest(List<Pair> pairs, double share) {
    return pairs.stream()
        .sorted(
            Comparator.comparingDouble((Pair pair) -> -pair.weight())
                .thenComparingInt(Pair::from)
                .thenComparingInt(Pair::to))
        .limit(Math.round(share * pairs.size()))
        .toList();
  }

  static double cosine(float[] a, float[] b) {
    double dot = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      dot += (double) a[i] * b[i];
      aa += (double) a[i] * a[i];
      bb += (double) b[i] * b[i];
    }
    return aa == 0 || bb == 0 ? 0 : dot / Math.sqrt(aa * bb);
  }

  private static void sparsify(float[][] profiles, List<Integer> layer, double share) {
    int entries = layer.stream().mapToInt(unit -> profiles[unit].length).sum();
    float[] sorted = new float[entries];
    int at = 0;
    for (int unit : layer) {
      System.arraycopy(profiles[unit], 0, sorted, at, profiles[unit].length);
      at += profiles[unit].length;
    }
    Arrays.sort(sorted);
    float delta = sorted[(int) Math.min(entries - 1L, Math.round((1 - share) * entries))];
    for (int unit : layer) {
      for (int c = 0; c < profiles[unit].length; c++) {
        profiles[unit][c] = profiles[unit][c] >= delta ? profiles[unit][c] : 0;
      }
    }
  }

  /**
   * Pairs (unit that writes an input channel, unit of the convolution that reads it) with the
   * kernel's norm.
   */
  private static List<Pair> bipartite(
      Network network, PruningSpace space, ConnectionStrength strength) {
    CouplingGroups groups = CouplingGroups.of(network.architecture());
    Map<Integer, List<Integer>> unitsOfGroup = new HashMap<>();
    for (int unit = 0; unit < space.size(); unit++) {
      for (Channel channel : space.units().get(unit).channels()) {
        int id = groups.groupOf(channel).id();
        List<Integer> units = unitsOfGroup.computeIfAbsent(id, key -> new ArrayList<>());
        if (!units.contains(unit)) {
          units.add(unit);
        }
      }
    }
    Map<Long, Pair> pairs = new LinkedHashMap<>();
    for (int unit = 0; unit < space.size(); unit++) {
      for (Channel writer : strength.writers(space.units().get(unit))) {
        Node convolution = network.architecture().node(writer.node());
        Layer.Conv2d conv = (Layer.Conv2d) convolution.layer();
        float[] norms = strength.kernelNorms(writer.node())[writer.index()];
        int offset = writer.index() / (conv.outChannels() / conv.groups()) * norms.length;
        for (int c = 0; c < norms.length; c++) {
          var group = groups.groupAt(convolution.inputs().get(0), offset + c);
          if (group.isPresent()) {
            for (int source : unitsOfGroup.getOrDefault(group.getAsInt(), List.of())) {
              if (source != unit) {
                Pair pair = new Pair(Math.min(source, unit), Math.max(source, unit), norms[c]);
                long key = (long) pair.from() * space.size() + pair.to();
                pairs.merge(key, pair, (a, b) -> a.weight() >= b.weight() ? a : b);
              }
            }
          }
        }
      }
    }
    return new ArrayList<>(pairs.values());
  }
}
