package io.secateur.explain;

import io.secateur.engine.NumberFormat;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Interpreter;
import io.secateur.nn.Network;
import io.secateur.nn.Node;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/**
 * The features that a network's last layer reads, with feature maps averaged over their positions.
 */
public final class PenultimateFeatures {
  private static final int CHUNK = 100;

  private PenultimateFeatures() {}

  /** The node that yields them; empty where the last layer reads the image itself. */
  public static Optional<String> node(Network network) {
    return FeatureMaps.penultimate(network.architecture()).map(Node::name);
  }

  /**
   * Features [N][F] of images [N, C, H, W] in [0, 1], row-major.
   *
   * @throws IllegalArgumentException if there are none, see {@link #node}
   */
  public static float[][] of(Network network, float[] images) {
    String node =
        node(network)
            .orElseThrow(
                () -> new IllegalArgumentException("the last layer reads the image itself"));
    FeatureShape shape = network.architecture().input();
    int count = images.length / shape.size();
    float[][] features = new float[count][];
    try (Scope weights = Scope.open()) {
      Interpreter interpreter = Interpreter.evaluating(network);
      for (int at = 0; at < count; at += CHUNK) {
        int rows = Math.min(CHUNK, count - at);
        float[] chunk = Arrays.copyOfRange(images, at * shape.size(), (at + rows) * shape.size());
        float[] flat = Scope.value(() -> features(interpreter, node, chunk, rows));
        for (int row = 0; row < rows; row++) {
          int width = flat.length / rows;
          features[at + row] = Arrays.copyOfRange(flat, row * width, (row + 1) * width);
        }
      }
    }
    return features;
  }

  private static float[] features(Interpreter interpreter, String node, float[] images, int rows) {
    FeatureShape shape = interpreter.network().architecture().input();
    return Scope.withoutGradients(
        () -> {
          Tensor pixels = Tensor.of(images, shape.batch(rows));
          Tensor found = interpreter.activations(pixels, Set.of(node)).values().iterator().next();
          Tensor output = found.to(NumberFormat.FLOAT32);
          return (output.shape().length == 4 ? output.mean(2, 3) : output).toFloats();
        });
  }
}
