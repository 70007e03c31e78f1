package io.secateur.defence;

import io.secateur.engine.Tensor;
import io.secateur.nn.Architecture;
import io.secateur.nn.CouplingGroups;
import io.secateur.nn.Hooks;
import io.secateur.nn.Network;
import io.secateur.nn.Node;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A mask in [0, 1] for γ of every batch-norm channel that may be pruned, as variables of the scope
 * that was open when they were made. All begin at 1.
 */
final class NormMasks {
  /** Batch norm → [C]. */
  private final Map<String, Tensor> masks = new LinkedHashMap<>();

  NormMasks(Architecture architecture) {
    for (Node norm : norms(architecture)) {
      masks.put(norm.name(), Tensor.full(1, norm.output().channels()).copy().requireGradient());
    }
  }

  /** The batch norms whose channels are neither the image's nor class scores. */
  static List<Node> norms(Architecture architecture) {
    return CouplingGroups.of(architecture).prunableNorms();
  }

  /**
   * Refuses networks without batch norm.
   *
   * @throws IllegalArgumentException if there is none to mask
   */
  static void check(String method, Network network) {
    if (norms(network.architecture()).isEmpty()) {
      throw new IllegalArgumentException(
          method
              + " learns masks on batch-norm channels and "
              + network.architecture().name()
              + " has none; expected a network with batch norm");
    }
  }

  /** The variables, in a fixed order. */
  List<Tensor> variables() {
    return List.copyOf(masks.values());
  }

  /** {@code values}, one for each batch norm in the order of {@link #variables}, by name. */
  Map<String, Tensor> named(List<Tensor> values) {
    Map<String, Tensor> named = new LinkedHashMap<>();
    int next = 0;
    for (String norm : masks.keySet()) {
      named.put(norm, values.get(next++));
    }
    return named;
  }

  /** The network in training under the masks: m γ, and β as it is. */
  Hooks hooks() {
    return Hooks.TRAINING.withPerturbation(masks, Map.of());
  }

  /** Puts every mask back into [0, 1]. */
  void clip() {
    masks.values().forEach(mask -> mask.assign(mask.detach().clamp(0, 1)));
  }

  /** Batch norm → mask per channel, as they are now. */
  Map<String, float[]> values() {
    Map<String, float[]> values = new LinkedHashMap<>();
    masks.forEach((norm, mask) -> values.put(norm, mask.toFloats()));
    return values;
  }
}
