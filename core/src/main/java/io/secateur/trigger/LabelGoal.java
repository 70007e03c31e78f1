package io.secateur.trigger;

import io.secateur.data.ImageSet;
import io.secateur.engine.NumberFormat;
import io.secateur.engine.Ops;
import io.secateur.engine.Tensor;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Hooks;
import io.secateur.nn.Interpreter;
import io.secateur.nn.Network;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * What every synthesis has in common: mini-batches of clean images and the wish that they get one
 * label. Belongs to the scope it was made in.
 */
final class LabelGoal {
  private final Interpreter interpreter;
  private final Tensor pool;
  private final Batches batches;
  private final Tensor targets;
  private final int label;

  LabelGoal(
      Network network,
      NumberFormat format,
      ImageSet images,
      boolean excludeLabel,
      int label,
      int batchSize,
      SplittableRandom random) {
    if (label < 0 || label >= network.classes()) {
      throw new IllegalArgumentException(
          "label " + label + " of a network with " + network.classes() + " classes");
    }
    int[] chosen = excludeLabel ? images.without(label) : images.indices();
    if (chosen.length == 0) {
      throw new IllegalArgumentException(
          images.name() + " has no image of a label other than " + label);
    }
    FeatureShape shape = images.shape();
    this.interpreter = Interpreter.evaluating(network, format);
    this.pool = Tensor.of(images.floats(chosen), shape.batch(chosen.length));
    this.batches = new Batches(chosen.length, batchSize, random);
    int[] wanted = new int[batches.size()];
    Arrays.fill(wanted, label);
    this.targets = Tensor.of(wanted);
    this.label = label;
  }

  /** Images of one mini-batch. */
  int batchSize() {
    return batches.size();
  }

  /** The next mini-batch [N, C, H, W]. */
  Tensor images() {
    return pool.indexSelect(0, Tensor.of(batches.next()));
  }

  /** Logits [N, K] of triggered images. */
  Tensor logits(Tensor triggered) {
    return logits(triggered, Map.of());
  }

  /** The same with {@link Hooks#additions} inside the network. */
  Tensor logits(Tensor images, Map<String, Tensor> additions) {
    return interpreter.forward(images, Hooks.NONE.withAdditions(additions));
  }

  /** Mean cross-entropy of {@code logits} against the label. */
  Tensor crossEntropy(Tensor logits) {
    return Ops.crossEntropy(logits, targets);
  }

  /** Share of {@code logits} whose largest is the label's. */
  double success(Tensor logits) {
    return logits.argmax(1).equalTo(label).mean().item();
  }
}
