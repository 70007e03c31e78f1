package io.secateur.explain;

import io.secateur.agent.ChannelActivations;
import io.secateur.agent.LipschitzBound;
import io.secateur.data.ImageSet;
import io.secateur.engine.Scope;
import io.secateur.graph.ChannelGraph;
import io.secateur.graph.ConnectionStrength;
import io.secateur.nn.Channel;
import io.secateur.nn.Interpreter;
import io.secateur.nn.Network;
import io.secateur.prune.PruningSpace;
import io.secateur.prune.PruningUnit;
import io.secateur.trigger.Trigger;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What can be said of a channel by looking at it alone, in the network as it came.
 *
 * @param channel which
 * @param cleanMean mean output over images and positions, triggers off; empty for a convolution
 *     that its batch norm takes in
 * @param change by how many deviations of its clean output the triggers move that mean, mean over
 *     triggers; empty without triggers, too
 * @param lipschitz upper bound of its Lipschitz constant, see {@link LipschitzBound}
 * @param degree its edges in the channel graph; empty if it is no node of it
 */
public record ChannelPortrait(
    Channel channel,
    Optional<Double> cleanMean,
    Optional<Double> change,
    double lipschitz,
    Optional<Integer> degree) {
  private static final double FLOOR = 1e-6;

  /**
   * Portraits in the order of {@code channels}.
   *
   * @param images clean ones
   * @param space whose units the nodes of {@code graph} are
   */
  public static List<ChannelPortrait> of(
      Network network,
      List<Channel> channels,
      ImageSet images,
      List<SyntheticAttack> attacks,
      PruningSpace space,
      ChannelGraph graph) {
    return Scope.value(
        () -> {
          Set<String> nodes = new LinkedHashSet<>();
          for (Channel channel : channels) {
            if (PutBackEffect.maskable(network.architecture(), channel.node())) {
              nodes.add(channel.node());
            }
          }
          Statistics statistics = Statistics.of(network, nodes, images, attacks);
          ConnectionStrength strength = new ConnectionStrength(network);
          int[] degrees = graph.degrees();
          List<ChannelPortrait> portraits = new ArrayList<>();
          for (Channel channel : channels) {
            int[] units = space.unitsOf(channel.node());
            int unit = channel.index() < units.length ? units[channel.index()] : -1;
            double bound = 0;
            for (Channel writer : strength.writers(new PruningUnit(List.of(channel)))) {
              bound = Math.max(bound, LipschitzBound.of(network, writer));
            }
            portraits.add(
                new ChannelPortrait(
                    channel,
                    value(statistics.clean.mean(), channel),
                    statistics.change(channel),
                    bound,
                    unit < 0 ? Optional.empty() : Optional.of(degrees[unit])));
          }
          return portraits;
        });
  }

  /** Outputs on clean images, and for each trigger on the same images of other classes. */
  private record Statistics(
      ChannelActivations clean, List<ChannelActivations> spared, List<ChannelActivations> forced) {
    static Statistics of(
        Network network, Set<String> nodes, ImageSet images, List<SyntheticAttack> attacks) {
      Interpreter interpreter = Interpreter.evaluating(network);
      List<ChannelActivations> spared = new ArrayList<>();
      List<ChannelActivations> forced = new ArrayList<>();
      for (SyntheticAttack attack : attacks) {
        ImageSet others = images.select(images.without(attack.target()));
        if (others.size() > 0) {
          ChannelActivations before = ChannelActivations.of(interpreter, nodes, others);
          for (Trigger trigger : attack.triggers()) {
            spared.add(before);
            forced.add(ChannelActivations.of(interpreter, nodes, others, trigger));
          }
        }
      }
      return new Statistics(ChannelActivations.of(interpreter, nodes, images), spared, forced);
    }

    Optional<Double> change(Channel channel) {
      double sum = 0;
      int count = 0;
      for (int i = 0; i < forced.size(); i++) {
        Optional<Double> off = value(spared.get(i).mean(), channel);
        Optional<Double> on = value(forced.get(i).mean(), channel);
        Optional<Double> deviation = value(spared.get(i).std(), channel);
        if (off.isPresent() && on.isPresent() && deviation.isPresent()) {
          sum += (on.get() - off.get()) / (deviation.get() + FLOOR);
          count++;
        }
      }
      return count == 0 ? Optional.empty() : Optional.of(sum / count);
    }
  }

  private static Optional<Double> value(Map<String, float[]> statistics, Channel channel) {
    float[] values = statistics.get(channel.node());
    return values == null ? Optional.empty() : Optional.of((double) values[channel.index()]);
  }
}
