package io.secateur.prune;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntToDoubleFunction;

/**
 * Which channels to prune, with score and reason: auditable, and replayable on the same network.
 *
 * @param channels each channel at most once
 */
public record PruningPlan(List<PrunedChannel> channels) {
  /** A plan that prunes nothing. */
  public static final PruningPlan EMPTY = new PruningPlan(List.of());

  /** Copies the channels. */
  public PruningPlan {
    channels = List.copyOf(channels);
  }

  /** The plan that prunes the chosen units of a space. */
  public static PruningPlan of(
      PruningSpace space, boolean[] pruned, IntToDoubleFunction score, IntFunction<String> reason) {
    List<PrunedChannel> channels = new ArrayList<>();
    for (int unit = 0; unit < pruned.length; unit++) {
      if (pruned[unit]) {
        double unitScore = score.applyAsDouble(unit);
        String why = reason.apply(unit);
        for (var channel : space.units().get(unit).channels()) {
          channels.add(new PrunedChannel(channel.node(), channel.index(), unitScore, why));
        }
      }
    }
    return new PruningPlan(channels);
  }
}
