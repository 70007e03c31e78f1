package io.secateur.train;

import io.secateur.nn.Architecture;
import io.secateur.nn.ElementType;
import io.secateur.nn.Layer;
import io.secateur.nn.Network;
import io.secateur.nn.Node;
import io.secateur.nn.Preprocessing;
import io.secateur.nn.WeightTensor;
import io.secateur.nn.Weights;
import io.secateur.run.SeedTree;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Random weights to begin with. Convolutions: normal with variance 2 / fan-out (He et al. 2015), of
 * fan-out = kh · kw · out / groups, biases 0. Batch norm: γ 1, β 0, running mean 0 and variance 1.
 * Linear layers: weight and bias uniform in ±1/√in, PyTorch's default. Every tensor draws from a
 * branch of the seed that bears its name, so equal layers of two architectures start equal.
 */
public final class Initialisation {
  private Initialisation() {}

  /** A network with fresh weights. */
  public static Network of(Architecture architecture, Preprocessing preprocessing, SeedTree seeds) {
    Map<String, WeightTensor> tensors = new LinkedHashMap<>();
    Map<String, int[]> shapes = architecture.requiredTensors();
    for (Node node : architecture.nodes()) {
      for (String part : List.of("weight", "bias", "running_mean", "running_var")) {
        String name = node.name() + "." + part;
        int[] shape = shapes.get(name);
        if (shape != null) {
          float[] values = new float[Arrays.stream(shape).reduce(1, Math::multiplyExact)];
          fill(values, node.layer(), part, seeds.random(name));
          tensors.put(name, WeightTensor.ofFloats(shape, values));
        }
      }
      if (node.layer() instanceof Layer.BatchNorm) {
        tensors.put(
            node.name() + ".num_batches_tracked",
            WeightTensor.ofIntegers(ElementType.I64, new int[0], new long[1]));
      }
    }
    return new Network(architecture, Weights.of(tensors), preprocessing);
  }

  private static void fill(float[] values, Layer layer, String part, RandomGenerator random) {
    if (layer instanceof Layer.Conv2d conv) {
      if (part.equals("weight")) {
        double fanOut =
            (double) conv.outChannels()
                / conv.groups()
                * conv.window().kernelHeight()
                * conv.window().kernelWidth();
        double deviation = Math.sqrt(2 / fanOut);
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) (deviation * random.nextGaussian());
        }
      }
    } else if (layer instanceof Layer.Linear linear) {
      double bound = 1 / Math.sqrt(linear.inFeatures());
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextDouble(-bound, bound);
      }
    } else if (part.equals("weight") || part.equals("running_var")) {
      Arrays.fill(values, 1f);
    }
  }
}
