package io.secateur.trigger;

import io.secateur.data.ImageSet;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Interpreter;
import io.secateur.nn.Network;
import java.util.Arrays;

/**
 * How often a trigger works, in float32.
 *
 * @param rate share, in [0, 1], of the images of other labels that get the label under the trigger
 * @param passes cost in images × (forward + backward); a forward pass alone counts a half
 */
record Success(double rate, long passes) {
  private static final int BATCH = 250;

  static Success of(Network network, ImageSet images, int label, Trigger trigger) {
    int[] others = images.without(label);
    FeatureShape shape = images.shape();
    long hits = 0;
    try (Scope scope = Scope.open()) {
      Interpreter interpreter = Interpreter.evaluating(network);
      for (int from = 0; from < others.length; from += BATCH) {
        int[] batch = Arrays.copyOfRange(others, from, Math.min(others.length, from + BATCH));
        hits +=
            Scope.value(
                () ->
                    Scope.withoutGradients(
                        () -> {
                          Tensor x = Tensor.of(images.floats(batch), shape.batch(batch.length));
                          Tensor answers = trigger.logits(interpreter, x).argmax(1);
                          return Arrays.stream(answers.toLongs())
                              .filter(answer -> answer == label)
                              .count();
                        }));
      }
    }
    return new Success(
        others.length == 0 ? 0 : (double) hits / others.length, (others.length + 1) / 2);
  }
}
