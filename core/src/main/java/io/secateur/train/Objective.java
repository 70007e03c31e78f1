package io.secateur.train;

import io.secateur.engine.Autograd;
import io.secateur.engine.NumberFormat;
import io.secateur.engine.Ops;
import io.secateur.engine.Tensor;
import io.secateur.nn.Hooks;
import io.secateur.nn.Interpreter;

/** What training lowers. */
@FunctionalInterface
public interface Objective {
  /**
   * The loss of one batch, a float32 scalar.
   *
   * @param network in training, see {@link Interpreter#training}
   * @param images [N, C, H, W] in [0, 1]
   * @param labels [N]
   */
  Tensor loss(Interpreter network, Tensor images, Tensor labels);

  /** Mean cross-entropy of the logits, forward pass in the precision of {@code settings}. */
  static Objective crossEntropy(TrainingSettings settings) {
    boolean mixed = settings.precision().format() == NumberFormat.BFLOAT16;
    return (network, images, labels) -> {
      Tensor logits =
          mixed
              ? Autograd.mixedPrecision(() -> network.forward(images, Hooks.TRAINING))
              : network.forward(images, Hooks.TRAINING);
      return Ops.crossEntropy(logits, labels, settings.labelSmoothing());
    };
  }
}
