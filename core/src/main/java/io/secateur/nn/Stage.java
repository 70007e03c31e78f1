package io.secateur.nn;

import java.util.List;

/**
 * A stretch of a network at one resolution: what one agent prunes.
 *
 * @param name first part of the node names most of it shares ({@code layer2}), or {@code stageN}
 *     where that says nothing
 * @param height rows of its activations
 * @param width columns of its activations
 * @param nodes names of its convolutions and batch norms, in order
 */
public record Stage(String name, int height, int width, List<String> nodes) {
  /** Copies the names. */
  public Stage {
    nodes = List.copyOf(nodes);
  }
}
