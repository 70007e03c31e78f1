package io.secateur.defence;

import io.secateur.data.ImageSet;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.metric.Evaluator;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Network;
import io.secateur.trigger.Trigger;

/** Counts what a trigger does to images. */
final class Forced {
  private Forced() {}

  /** How many of the chosen images get {@code label} under the trigger. */
  static int count(Network network, ImageSet images, int[] chosen, Trigger trigger, int label) {
    FeatureShape shape = images.shape();
    float[] triggered =
        Scope.value(
            () ->
                trigger
                    .apply(
                        Tensor.of(
                            images.floats(chosen),
                            chosen.length,
                            shape.channels(),
                            shape.height(),
                            shape.width()))
                    .toFloats());
    float[] logits = Evaluator.logits(network, triggered);
    int classes = network.classes();
    int hits = 0;
    for (int row = 0; row < chosen.length; row++) {
      int best = 0;
      for (int k = 1; k < classes; k++) {
        best = logits[row * classes + k] > logits[row * classes + best] ? k : best;
      }
      hits += best == label ? 1 : 0;
    }
    return hits;
  }
}
