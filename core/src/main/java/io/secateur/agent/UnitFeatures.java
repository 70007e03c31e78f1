package io.secateur.agent;

import io.secateur.data.ImageSet;
import io.secateur.engine.Scope;
import io.secateur.graph.ChannelGraph;
import io.secateur.graph.ConnectionStrength;
import io.secateur.nn.Channel;
import io.secateur.nn.Interpreter;
import io.secateur.nn.Layer;
import io.secateur.nn.Network;
import io.secateur.prune.PruningSpace;
import io.secateur.prune.PruningUnit;
import io.secateur.trigger.Trigger;
import java.util.List;
import java.util.Map;

/**
 * What the agent sees of a unit: mean and deviation of its output on clean and on triggered images,
 * the trigger-activated change (the difference of the means over the clean deviation), magnitude,
 * γ, β, running variance, Lipschitz bound and degree in the graph, each standardised within its
 * layer; the change once more standardised over all units; and the layer's depth in [0, 1].
 *
 * <p>Differs from the paper in: the paper's features are only known to be statistics of
 * activations.
 *
 * @param values [units][{@link #COUNT}]
 * @param activationChange per unit, before standardisation
 */
public record UnitFeatures(float[][] values, float[] activationChange) {
  /** Features per unit. */
  public static final int COUNT = 13;

  /** Features of every unit of {@code space}. */
  public static UnitFeatures of(
      Network network,
      PruningSpace space,
      ChannelGraph graph,
      ImageSet images,
      List<Trigger> proxies,
      int target) {
    int units = space.size();
    double[][] columns = new double[COUNT][units];
    activations(network, space, images, proxies, target, columns);
    double[] magnitudes = new ConnectionStrength(network).magnitudes(space);
    int[] degrees = graph.degrees();
    ConnectionStrength strength = new ConnectionStrength(network);
    for (int u = 0; u < units; u++) {
      PruningUnit unit = space.units().get(u);
      columns[5][u] = Math.log(magnitudes[u] + 1e-6);
      for (Channel channel : unit.channels()) {
        if (network.architecture().node(channel.node()).layer() instanceof Layer.BatchNorm) {
          columns[6][u] += network.weights().get(channel.node() + ".weight").at(channel.index());
          columns[7][u] += network.weights().get(channel.node() + ".bias").at(channel.index());
          columns[8][u] +=
              network.weights().get(channel.node() + ".running_var").at(channel.index());
        }
      }
      for (Channel writer : strength.writers(unit)) {
        columns[9][u] = Math.max(columns[9][u], LipschitzBound.of(network, writer));
      }
      columns[10][u] = degrees[u];
    }
    float[] change = new float[units];
    for (int u = 0; u < units; u++) {
      change[u] = (float) columns[4][u];
      columns[11][u] = columns[4][u];
    }
    List<List<Integer>> layers = List.copyOf(space.layers().values());
    for (int l = 0; l < layers.size(); l++) {
      for (int feature = 0; feature < 11; feature++) {
        standardise(columns[feature], layers.get(l));
      }
      for (int unit : layers.get(l)) {
        columns[12][unit] = layers.size() == 1 ? 0 : (double) l / (layers.size() - 1);
      }
    }
    standardise(columns[11], layers.stream().flatMap(List::stream).toList());
    float[][] values = new float[units][COUNT];
    for (int u = 0; u < units; u++) {
      for (int feature = 0; feature < COUNT; feature++) {
        values[u][feature] = (float) Math.max(-5, Math.min(5, columns[feature][u]));
      }
    }
    return new UnitFeatures(values, change);
  }

  /** Columns 0 to 4: clean mean and deviation, triggered mean and deviation, change. */
  private static void activations(
      Network network,
      PruningSpace space,
      ImageSet images,
      List<Trigger> proxies,
      int target,
      double[][] columns) {
    Scope.run(
        () -> {
          Interpreter interpreter = Interpreter.evaluating(network);
          ImageSet attacked = images.select(images.without(target));
          ChannelActivations clean = ChannelActivations.of(interpreter, space.nodes(), attacked);
          for (Trigger proxy : proxies) {
            ChannelActivations forced =
                ChannelActivations.of(interpreter, space.nodes(), attacked, proxy);
            for (int u = 0; u < space.size(); u++) {
              List<Channel> channels = space.units().get(u).channels();
              for (Channel channel : channels) {
                double share = 1.0 / (proxies.size() * channels.size());
                double mean = value(clean.mean(), channel);
                double std = value(clean.std(), channel);
                double triggered = value(forced.mean(), channel);
                columns[0][u] += share * mean;
                columns[1][u] += share * std;
                columns[2][u] += share * triggered;
                columns[3][u] += share * value(forced.std(), channel);
                columns[4][u] += share * (triggered - mean) / (std + 1e-6);
              }
            }
          }
        });
  }

  private static double value(Map<String, float[]> statistics, Channel channel) {
    float[] values = statistics.get(channel.node());
    return values == null ? 0 : values[channel.index()];
  }

  /** Mean 0, deviation 1 over the given units; all 0 where they do not differ. */
  private static void standardise(double[] column, List<Integer> units) {
    double mean = units.stream().mapToDouble(u -> column[u]).average().orElse(0);
    double variance =
        units.stream()
            .mapToDouble(u -> (column[u] - mean) * (column[u] - mean))
            .average()
            .orElse(0);
    double std = Math.sqrt(variance);
    for (int unit : units) {
      column[unit] = std > 1e-12 ? (column[unit] - mean) / std : 0;
    }
  }
}
