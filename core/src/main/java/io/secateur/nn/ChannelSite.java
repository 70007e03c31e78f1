package io.secateur.nn;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A place of a network at which channels can be looked at: behind a convolution and its batch norm.
 *
 * @param node whose output it is
 * @param stage of {@link Stages}
 * @param role of its channels in the residual stream
 * @param join the sum that it is, or that it goes into; of an inner site its own node
 * @param channels how many there are
 */
public record ChannelSite(String node, String stage, Role role, String join, int channels) {
  /** Where a channel stands to the additions of the network. */
  public enum Role {
    /** What an addition yields, behind its rectifier. */
    SUM,
    /** What a convolution or batch norm puts into an addition. */
    BRANCH,
    /** Read before anything is added to it. */
    INNER
  }

  /**
   * The sites of {@code architecture}, in its order. A rectifier that alone reads a sum or a batch
   * norm is the site instead of it. Batch norms that read a sum are none of their own, nor is a
   * stem that goes into the stream.
   */
  public static List<ChannelSite> of(Architecture architecture) {
    CouplingGroups groups = CouplingGroups.of(architecture);
    Map<String, String> stages = new HashMap<>();
    Stages.of(architecture)
        .forEach(stage -> stage.nodes().forEach(node -> stages.put(node, stage.name())));
    List<ChannelSite> sites = new ArrayList<>();
    for (Node node : architecture.nodes()) {
      Optional<String> sum = sumOf(architecture, node);
      if (node.layer() instanceof Layer.Add) {
        stageOfSum(architecture, node, stages)
            .ifPresent(stage -> sites.add(site(architecture, node, stage, Role.SUM, node.name())));
      } else if (stages.containsKey(node.name()) && sum.isPresent()) {
        sites.add(
            new ChannelSite(
                node.name(),
                stages.getOrDefault(node.name(), ""),
                Role.BRANCH,
                sum.get(),
                node.output().channels()));
      } else if (node.layer() instanceof Layer.BatchNorm
          && stages.containsKey(node.name())
          && groups.groupOf(new Channel(node.name(), 0)).kind() == CouplingGroup.Kind.INNER) {
        String stage = stages.getOrDefault(node.name(), "");
        sites.add(site(architecture, node, stage, Role.INNER, node.name()));
      }
    }
    return sites;
  }

  private static ChannelSite site(
      Architecture architecture, Node node, String stage, Role role, String join) {
    List<Node> readers = architecture.consumers(node.name());
    boolean rectified = readers.size() == 1 && readers.get(0).layer() instanceof Layer.Activation;
    String place = rectified ? readers.get(0).name() : node.name();
    return new ChannelSite(place, stage, role, join, node.output().channels());
  }

  /** The sum that a convolution or batch norm goes into as it is. */
  private static Optional<String> sumOf(Architecture architecture, Node node) {
    boolean writes =
        node.layer() instanceof Layer.Conv2d || node.layer() instanceof Layer.BatchNorm;
    return architecture.consumers(node.name()).stream()
        .filter(reader -> writes && reader.layer() instanceof Layer.Add)
        .map(Node::name)
        .findFirst();
  }

  /** The last stage that writes into the sum. */
  private static Optional<String> stageOfSum(
      Architecture architecture, Node sum, Map<String, String> stages) {
    return sum.inputs().stream()
        .filter(stages::containsKey)
        .max(Comparator.comparing(name -> architecture.nodes().indexOf(architecture.node(name))))
        .map(name -> stages.getOrDefault(name, ""));
  }
}
