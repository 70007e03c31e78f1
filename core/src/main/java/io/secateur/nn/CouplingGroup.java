package io.secateur.nn;

import java.util.List;

/**
 * Channels that live or die together: removing one from the network means removing all.
 *
 * @param id position in {@link CouplingGroups#groups()}
 * @param kind what ties them
 * @param members every channel of a convolution, batch norm or linear layer in the group, in node
 *     order
 * @param writers members that create the values: channels of convolutions and linear layers, but
 *     not of depthwise convolutions, which only pass a channel on
 * @param norms members that are batch-norm channels
 * @param reason why they belong together, readable
 */
public record CouplingGroup(
    int id,
    Kind kind,
    List<Channel> members,
    List<Channel> writers,
    List<Channel> norms,
    String reason) {

  /** What a group is to the network. */
  public enum Kind {
    /** More than one writer, joined by an addition: a channel of a residual stream. */
    STREAM,
    /** One writer (or several that only gate one another): no addition shares it. */
    INNER,
    /** An image channel goes into it. Never pruned. */
    INPUT,
    /** A class score. Never pruned. */
    OUTPUT
  }

  /** Copies the lists. */
  public CouplingGroup {
    members = List.copyOf(members);
    writers = List.copyOf(writers);
    norms = List.copyOf(norms);
  }

  /** Whether the group may be removed: neither image channel nor class score. */
  public boolean prunable() {
    return kind == Kind.STREAM || kind == Kind.INNER;
  }

  /** For example {@code #3 STREAM conv1[3], bn1[3], layer1.0.conv2[3] (added at layer1.0.add)}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("#" + id + " " + kind + " ");
    String separator = "";
    for (Channel member : members) {
      text.append(separator).append(member);
      separator = ", ";
    }
    return text.append(" (").append(reason).append(")").toString();
  }
}
