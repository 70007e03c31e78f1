package io.secateur.nn;

import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** Networks with random weights, and random images for them. */
public final class RandomNetworks {
  private RandomNetworks() {}

  /** Every tensor random, of a size that keeps activations near 1; variances in [0.5, 1.5). */
  public static Network of(Architecture architecture, long seed) {
    Random random = new Random(seed);
    Map<String, WeightTensor> tensors = new LinkedHashMap<>();
    architecture
        .requiredTensors()
        .forEach(
            (name, shape) -> {
              int size = 1;
              for (int extent : shape) {
                size *= extent;
              }
              double deviation = shape.length > 1 ? Math.sqrt(2.0 * shape[0] / size) : 0.3;
              boolean gamma = shape.length == 1 && name.endsWith(".weight");
              float[] values = new float[size];
              for (int i = 0; i < size; i++) {
                values[i] =
                    name.endsWith(".running_var")
                        ? 0.5f + random.nextFloat()
                        : (float) ((gamma ? 1 : 0) + deviation * random.nextGaussian());
              }
              tensors.put(name, WeightTensor.ofFloats(shape, values));
            });
    int channels = architecture.input().channels();
    float[] mean = new float[channels];
    float[] std = new float[channels];
    for (int c = 0; c < channels; c++) {
      mean[c] = 0.4f + 0.05f * c;
      std[c] = 0.25f + 0.05f * c;
    }
    return new Network(architecture, Weights.of(tensors), new Preprocessing(mean, std));
  }

  /** A stock architecture for square images of {@code side} pixels and 10 classes. */
  public static Network stock(String name, int side, long seed) {
    return of(
        StockArchitectures.build(
            name, new StockArchitectures.Options(new FeatureShape(3, side, side), 10)),
        seed);
  }

  /** Uniform in [0, 1). */
  public static float[] images(FeatureShape shape, int count, long seed) {
    Random random = new Random(seed);
    float[] images = new float[count * shape.size()];
    for (int i = 0; i < images.length; i++) {
      images[i] = random.nextFloat();
    }
    return images;
  }

  /** Logits [N, K] by one plain pass from the pixels, under channel factors. */
  public static float[] logits(Network network, float[] images, Map<String, float[]> factors) {
    FeatureShape shape = network.architecture().input();
    return Scope.value(
        () ->
            Scope.withoutGradients(
                () ->
                    Interpreter.evaluating(network)
                        .forward(
                            Tensor.of(images, shape.batch(images.length / shape.size())),
                            Hooks.maskedBy(factors))
                        .toFloats()));
  }
}
