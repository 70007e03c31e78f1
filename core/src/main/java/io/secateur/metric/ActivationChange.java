package io.secateur.metric;

import io.secateur.data.ImageSet;
import io.secateur.engine.NumberFormat;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Interpreter;
import io.secateur.nn.Network;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Trigger-activated change (TAC) of channels: how far a trigger moves each one's output, the
 * l2-norm over positions of the difference between the triggered and the clean copy of an image,
 * mean over images. In float32.
 *
 * <p>Source: Zheng et al., "Data-free Backdoor Removal Based on Channel Lipschitzness", ECCV 2022,
 * section 3.
 */
public final class ActivationChange {
  private static final int BATCH = 100;

  private ActivationChange() {}

  /**
   * The change of every channel of {@code nodes} over the images that do not bear the target label.
   *
   * @return node → change per channel, in the order of {@code nodes}
   * @throws io.secateur.data.BadData if images, network and trigger do not go together, or all
   *     images bear the target label
   * @throws NonFiniteScores if a change is infinite or no number
   */
  public static Map<String, float[]> of(
      Network network, Set<String> nodes, ImageSet images, GroundTruth truth) {
    Evaluator.check(network, images);
    Evaluator.check(truth, images);
    int[] victims = Evaluator.victims(images, truth.target());
    FeatureShape shape = images.shape();
    Map<String, double[]> sums = new LinkedHashMap<>();
    nodes.forEach(
        node -> sums.put(node, new double[network.architecture().node(node).output().channels()]));
    try (Scope weights = Scope.open()) {
      Interpreter interpreter = Interpreter.evaluating(network);
      for (int from = 0; from < victims.length; from += BATCH) {
        int[] batch = Arrays.copyOfRange(victims, from, Math.min(victims.length, from + BATCH));
        float[] clean = images.floats(batch);
        float[] triggered = truth.trigger().on(clean);
        Scope.run(
            () ->
                Scope.withoutGradients(
                    () -> {
                      long[] size = shape.batch(batch.length);
                      Map<String, Tensor> without =
                          interpreter.activations(Tensor.of(clean, size), nodes);
                      interpreter
                          .activations(Tensor.of(triggered, size), nodes)
                          .forEach((node, with) -> add(sums, node, with, without));
                      return true;
                    }));
      }
    }
    Map<String, float[]> change = new LinkedHashMap<>();
    sums.forEach(
        (node, sum) -> {
          float[] mean = new float[sum.length];
          for (int c = 0; c < sum.length; c++) {
            mean[c] = (float) (sum[c] / victims.length);
            if (!Float.isFinite(mean[c])) {
              throw new NonFiniteScores(images.name());
            }
          }
          change.put(node, mean);
        });
    return change;
  }

  private static void add(
      Map<String, double[]> sums, String node, Tensor with, Map<String, Tensor> without) {
    Tensor clean = without.getOrDefault(node, with);
    Tensor squares = with.sub(clean).to(NumberFormat.FLOAT32).square();
    Tensor norms = (squares.shape().length == 4 ? squares.sum(2, 3) : squares).sqrt().sum(0L);
    float[] part = norms.toFloats();
    double[] sum = sums.getOrDefault(node, new double[part.length]);
    for (int c = 0; c < part.length; c++) {
      sum[c] += part[c];
    }
  }
}
