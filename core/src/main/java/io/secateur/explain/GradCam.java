package io.secateur.explain;

import io.secateur.engine.Autograd;
import io.secateur.engine.Ops;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Hooks;
import io.secateur.nn.Interpreter;
import io.secateur.nn.Network;
import io.secateur.nn.Node;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where in an image the evidence for a label y lies, by the last feature maps A_k of height h and
 * width w (Selvaraju et al., ICCV 2017, "Grad-CAM", equations 1 and 2):
 *
 * <pre>
 * α_k = 1/(h w) Σ_ij ∂ logit_y / ∂A_k[i, j]
 * M   = max(0, Σ_k α_k A_k)
 * </pre>
 *
 * enlarged bilinearly to the image and divided by its maximum; all 0 where nothing speaks for y.
 */
public final class GradCam {
  private GradCam() {}

  /** The node whose output is looked at; empty for a network without feature maps. */
  public static Optional<String> node(Network network) {
    return FeatureMaps.last(network.architecture()).map(Node::name);
  }

  /**
   * Maps [N][H · W] in [0, 1] of images [N, C, H, W] in [0, 1], row-major.
   *
   * @param labels for each image the label that is explained
   * @throws IllegalArgumentException for a network without feature maps
   */
  public static float[][] of(Network network, float[] images, int[] labels) {
    Node last =
        FeatureMaps.last(network.architecture())
            .orElseThrow(() -> new IllegalArgumentException("the network has no feature maps"));
    FeatureShape shape = network.architecture().input();
    float[] flat =
        Scope.value(
            () -> {
              Interpreter interpreter = Interpreter.evaluating(network);
              Tensor pixels = Tensor.of(images, shape.batch(labels.length));
              return maps(interpreter, last.name(), pixels, labels).toFloats();
            });
    float[][] maps = new float[labels.length][];
    int plane = shape.height() * shape.width();
    for (int i = 0; i < maps.length; i++) {
      maps[i] = scaled(Arrays.copyOfRange(flat, i * plane, (i + 1) * plane));
    }
    return maps;
  }

  private static Tensor maps(Interpreter interpreter, String node, Tensor pixels, int[] labels) {
    Set<String> edge = new LinkedHashSet<>(interpreter.boundary(Set.of(node)));
    edge.add(node);
    Map<String, Tensor> given = new LinkedHashMap<>();
    Scope.withoutGradients(() -> interpreter.activations(pixels, edge))
        .forEach((name, output) -> given.put(name, output.detach()));
    // A copy: what the edge holds may be shared between nodes.
    Tensor maps = Scope.tensor(() -> activation(given, node).copy()).requireGradient();
    given.put(node, maps);
    Tensor logits = interpreter.resume(given, Hooks.NONE);
    float[] chosen = new float[(int) logits.elements()];
    for (int i = 0; i < labels.length; i++) {
      chosen[i * logits.size(1) + labels[i]] = 1;
    }
    Tensor loss = logits.mul(Tensor.of(chosen, labels.length, logits.size(1))).sum();
    Tensor gradient = Autograd.gradients(loss, List.of(maps)).get(0);
    FeatureShape image = interpreter.network().architecture().input();
    return Scope.withoutGradients(
        () -> {
          Tensor weights = gradient.mean(2, 3).unsqueeze(2).unsqueeze(3);
          Tensor map = weights.mul(maps.detach()).sum(1L).relu().unsqueeze(1);
          return Ops.bilinear(map, image.height(), image.width());
        });
  }

  private static Tensor activation(Map<String, Tensor> given, String node) {
    Tensor output = given.get(node);
    if (output == null) {
      throw new IllegalStateException("the outputs of '" + node + "' were not kept");
    }
    return output;
  }

  private static float[] scaled(float[] map) {
    float largest = 0;
    for (float value : map) {
      largest = Math.max(largest, value);
    }
    float[] result = new float[map.length];
    for (int p = 0; p < map.length; p++) {
      result[p] = largest > 0 ? map[p] / largest : 0;
    }
    return result;
  }
}
