package io.secateur.defence;

import io.secateur.data.ImageSet;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.metric.Evaluator;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Network;
import io.secateur.trigger.Trigger;
import java.util.Arrays;

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
                    .apply(Tensor.of(images.floats(chosen), shape.batch(chosen.length)))
                    .toFloats());
    return (int)
        Arrays.stream(Evaluator.answers(network, triggered)).filter(k -> k == label).count();
  }
}
