package io.secateur.trigger;

import io.secateur.data.ImageSet;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.nn.Interpreter;
import io.secateur.nn.Network;
import java.util.Arrays;

/** Counts what a trigger does to images, in float32. */
public final class Forced {
  private static final int BATCH = 250;

  private Forced() {}

  /** How many of the chosen images get {@code label} under the trigger. */
  public static int count(
      Network network, ImageSet images, int[] chosen, Trigger trigger, int label) {
    int hits = 0;
    try (Scope scope = Scope.open()) {
      Interpreter interpreter = Interpreter.evaluating(network);
      for (int from = 0; from < chosen.length; from += BATCH) {
        int[] batch = Arrays.copyOfRange(chosen, from, Math.min(chosen.length, from + BATCH));
        hits += Scope.value(() -> count(interpreter, images, batch, trigger, label));
      }
    }
    return hits;
  }

  private static int count(
      Interpreter interpreter, ImageSet images, int[] batch, Trigger trigger, int label) {
    return Scope.withoutGradients(
        () -> {
          Tensor x = Tensor.of(images.floats(batch), images.shape().batch(batch.length));
          Tensor answers = trigger.logits(interpreter, x).argmax(1);
          return (int) Arrays.stream(answers.toLongs()).filter(answer -> answer == label).count();
        });
  }
}
