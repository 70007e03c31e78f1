package io.secateur.prune;

import io.secateur.nn.Architecture;
import io.secateur.nn.Layer;
import io.secateur.nn.Network;
import io.secateur.nn.Node;
import io.secateur.nn.OwnNorm;
import io.secateur.nn.WeightTensor;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
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
    Map<String, BitSet> byLayer = byLayer(architecture, plan);
    byLayer.forEach(
        (layer, pruned) -> {
          if (pruned.cardinality() == channels(architecture, layer)) {
            throw new BadPlan("the plan would leave layer '" + layer + "' without channels");
          }
        });
    Map<String, WeightTensor> replaced = new LinkedHashMap<>();
    rows(network, byLayer)
        .forEach((name, rows) -> replaced.put(name, zeroed(network.weights().get(name), rows)));
    return network.withWeights(network.weights().with(replaced));
  }

  /**
   * The {@code pruned} network with the planned channels as they are in {@code source}, of the same
   * shapes; all else stays, what was tuned as well.
   *
   * @throws BadPlan if a layer or channel does not exist
   */
  public static Network putBack(Network pruned, PruningPlan plan, Network source) {
    Map<String, WeightTensor> replaced = new LinkedHashMap<>();
    rows(pruned, byLayer(pruned.architecture(), plan))
        .forEach(
            (name, rows) ->
                replaced.put(
                    name, copied(pruned.weights().get(name), source.weights().get(name), rows)));
    return pruned.withWeights(pruned.weights().with(replaced));
  }

  private static Map<String, BitSet> byLayer(Architecture architecture, PruningPlan plan) {
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
    return byLayer;
  }

  /**
   * What the channels stand for in the weights: slices along the first axis, by tensor. A bias that
   * does not exist is left out.
   */
  private static Map<String, BitSet> rows(Network network, Map<String, BitSet> byLayer) {
    Architecture architecture = network.architecture();
    Map<String, BitSet> rows = new LinkedHashMap<>();
    byLayer.forEach(
        (layer, channels) -> {
          add(network, rows, layer, channels);
          OwnNorm.convolution(architecture, architecture.node(layer))
              .ifPresent(producer -> add(network, rows, producer.name(), channels));
        });
    return rows;
  }

  private static void add(
      Network network, Map<String, BitSet> rows, String layer, BitSet channels) {
    for (String name : List.of(layer + ".weight", layer + ".bias")) {
      if (network.weights().find(name).isPresent()) {
        rows.computeIfAbsent(name, key -> new BitSet()).or(channels);
      }
    }
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

  private static WeightTensor zeroed(WeightTensor tensor, BitSet rows) {
    float[] values = tensor.floats();
    int stride = values.length / tensor.shape()[0];
    rows.stream().forEach(row -> Arrays.fill(values, row * stride, (row + 1) * stride, 0));
    return tensor.withFloats(values);
  }

  private static WeightTensor copied(WeightTensor tensor, WeightTensor source, BitSet rows) {
    float[] values = tensor.floats();
    float[] old = source.floats();
    int stride = values.length / tensor.shape()[0];
    rows.stream().forEach(r -> System.arraycopy(old, r * stride, values, r * stride, stride));
    return tensor.withFloats(values);
  }
}
