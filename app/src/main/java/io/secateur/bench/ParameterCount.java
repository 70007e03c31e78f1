package io.secateur.bench;

import io.secateur.nn.Architecture;
import java.util.Map;
import java.util.Set;

/** Counts what training adjusts: weights, biases, γ and β; not the running statistics. */
public final class ParameterCount {
  private ParameterCount() {}

  /** Parameters of the whole network. */
  public static long of(Architecture architecture) {
    return without(architecture, Map.of());
  }

  /** Parameters without these output channels, by the layer that owns them. */
  static long without(Architecture architecture, Map<String, Set<Integer>> channels) {
    long total = 0;
    for (Map.Entry<String, int[]> tensor : architecture.requiredTensors().entrySet()) {
      String name = tensor.getKey();
      if (!name.endsWith(".running_mean") && !name.endsWith(".running_var")) {
        int[] shape = tensor.getValue();
        String owner = name.substring(0, name.lastIndexOf('.'));
        long perChannel = 1;
        for (int axis = 1; axis < shape.length; axis++) {
          perChannel *= shape[axis];
        }
        total += perChannel * (shape[0] - channels.getOrDefault(owner, Set.of()).size());
      }
    }
    return total;
  }
}
