package io.secateur.prune;

import io.secateur.nn.Architecture;
import io.secateur.nn.Layer;
import io.secateur.nn.Network;
import io.secateur.nn.Node;
import io.secateur.nn.WeightTensor;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code Network × PruningPlan → Network}: the planned channels yield exactly zero, for good. Of a
 * batch-norm channel γ and β become 0 (zeroing γ alone would leave the constant β), and with them
 * the filter and bias of the convolution that only this batch norm reads; of a convolution channel
 * its filter and bias.
 */
public final class Surgery {
  private Surgery() {}

  /**
   * The network with the planned channels zeroed; all other tensors are the same objects.
   *
   * @throws BadPlan if a layer or channel does not exist or a layer would lose every channel;
   *     nothing is changed then
   */
  public static Network apply(Network network, PruningPlan plan) {
    Architecture architecture = network.architecture();
    Map<String, BitSet> byLayer = new LinkedHashMap<>();
    for (PrunedChannel channel : plan.channels()) {
      int channels = channels(architecture, channel.layer());
      if (channel.index() < 0 || channel.index() >= channels) {
        throw new BadPlan(
            "layer '"
                + channel.layer()
                + "' has "
                + channels
                + " channels, the plan prunes number "
                + channel.index());
      }
      byLayer.computeIfAbsent(channel.layer(), name -> new BitSet()).set(channel.index());
    }
    byLayer.forEach(
        (layer, pruned) -> {
          if (pruned.cardinality() == channels(architecture, layer)) {
            throw new BadPlan("the plan would leave layer '" + layer + "' without channels");
          }
        });

    Map<String, WeightTensor> replaced = new LinkedHashMap<>();
    byLayer.forEach(
        (layer, pruned) -> {
          Node node = architecture.node(layer);
          zeroRows(network, replaced, layer + ".weight", pruned);
          zeroRows(network, replaced, layer + ".bias", pruned);
          if (node.layer() instanceof Layer.BatchNorm) {
            Node producer = architecture.node(node.inputs().get(0));
            if (producer.layer() instanceof Layer.Conv2d
                && architecture.consumers(producer.name()).size() == 1) {
              zeroRows(network, replaced, producer.name() + ".weight", pruned);
              zeroRows(network, replaced, producer.name() + ".bias", pruned);
            }
          }
        });
    return network.withWeights(network.weights().with(replaced));
  }

  private static int channels(Architecture architecture, String layer) {
    Node node;
    try {
      node = architecture.node(layer);
    } catch (IllegalArgumentException e) {
      throw new BadPlan(
          "the plan names layer '" + layer + "', which " + architecture.name() + " does not have");
    }
    if (node.layer() instanceof Layer.BatchNorm norm) {
      return norm.channels();
    } else if (node.layer() instanceof Layer.Conv2d conv) {
      return conv.outChannels();
    }
    throw new BadPlan(
        "layer '"
            + layer
            + "' is neither a convolution nor a batch norm; only their channels are pruned");
  }

  /**
   * Zeroes the slices {@code rows} along the first axis; a tensor that is absent (a bias) is left
   * absent.
   */
  private static void zeroRows(
      Network network, Map<String, WeightTensor> replaced, String name, BitSet rows) {
    WeightTensor tensor =
        replaced.containsKey(name) ? replaced.get(name) : network.weights().find(name).orElse(null);
    if (tensor == null) {
      return;
    }
    float[] values = tensor.floats();
    int stride = values.length / tensor.shape()[0];
    rows.stream().forEach(row -> Arrays.fill(values, row * stride, (row + 1) * stride, 0));
    replaced.put(name, tensor.withFloats(values));
  }
}
