package io.secateur.prune;

import io.secateur.nn.Channel;
import java.util.List;

/**
 * Channels that one decision prunes together.
 *
 * @param channels at least one; all outputs of convolutions or batch norms
 */
public record PruningUnit(List<Channel> channels) {
  /** Copies the channels. */
  public PruningUnit {
    channels = List.copyOf(channels);
    if (channels.isEmpty()) {
      throw new IllegalArgumentException("a unit has at least one channel");
    }
  }

  /** The node that the unit's first channel belongs to: units of one layer share it. */
  public String layer() {
    return channels.get(0).node();
  }
}
