package io.secateur.nn;

import java.util.List;

/**
 * Coupling groups that are alike: the same layers, tied for the same reason, channel by channel.
 * Together they are complete: every member of every group is in one range.
 *
 * @param firstGroup id of the first group
 * @param groups how many there are
 * @param kind of each
 * @param reason why the members of each belong together
 * @param layers that have channels in the groups, in node order
 * @param readers convolutions and linear layers that read the channels without having any: they
 *     lose input columns
 */
public record GroupBlock(
    int firstGroup,
    int groups,
    CouplingGroup.Kind kind,
    String reason,
    List<Range> layers,
    List<String> readers) {
  /** Copies the lists. */
  public GroupBlock {
    readers = List.copyOf(readers);
    layers = List.copyOf(layers);
  }

  /**
   * The channels that one layer has in the groups, one in each: group {@code firstGroup + i} holds
   * channel {@code first + i}.
   *
   * @param layer node name
   * @param first number of the first channel
   * @param last number of the last channel
   * @param role what the layer is to the channel, and so why it belongs
   */
  public record Range(String layer, int first, int last, String role) {}
}
