package io.secateur.train;

import io.secateur.nn.Network;
import java.util.List;

/**
 * What a training leaves.
 *
 * @param network the trained network
 * @param companions those trained along, in the order of {@link Objective#companions}
 */
public record Trained(Network network, List<Network> companions) {
  /** Copies the list. */
  public Trained {
    companions = List.copyOf(companions);
  }
}
