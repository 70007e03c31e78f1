package io.secateur.defence;

import io.secateur.data.ImageSet;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.nn.Interpreter;
import io.secateur.nn.Network;
import io.secateur.trigger.Trigger;

/** Counts what a trigger does to images. */
final class Forced {
  private Forced() {}

  /** How many of the chosen images get {@code label} under the trigger. */
  static int count(Network network, ImageSet images, int[] chosen, Trigger trigger, int label) {
    return Scope.value(
        () ->
            Scope.withoutGradients(
                () -> {
                  Tensor pixels =
                      Tensor.of(images.floats(chosen), images.shape().batch(chosen.length));
                  Tensor logits = trigger.logits(Interpreter.evaluating(network), pixels);
                  return Math.round(logits.argmax(1).equalTo(label).sum().item());
                }));
  }
}
