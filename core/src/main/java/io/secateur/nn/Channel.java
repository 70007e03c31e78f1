package io.secateur.nn;

/**
 * One output channel of one node: a neuron.
 *
 * @param node name of the node that owns it
 * @param index position among the node's output channels, from 0
 */
public record Channel(String node, int index) {
  /** Rejects negative positions. */
  public Channel {
    if (index < 0) {
      throw new IllegalArgumentException("channel " + index + " of '" + node + "'");
    }
  }

  @Override
  public String toString() {
    return node + "[" + index + "]";
  }
}
