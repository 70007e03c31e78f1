package io.secateur.train;

import io.secateur.engine.Autograd;
import io.secateur.engine.NumberFormat;
import io.secateur.engine.Ops;
import io.secateur.engine.Tensor;
import io.secateur.nn.Hooks;
import io.secateur.nn.Interpreter;
import java.util.List;
import java.util.random.RandomGenerator;

/** What training lowers. */
@FunctionalInterface
public interface Objective {
  /** The loss of one batch, a float32 scalar. */
  Tensor loss(Step step);

  /** The networks trained along; none unless overridden. */
  default List<Companion> companions() {
    return List.of();
  }

  /** One step of a training: what a loss is made from. */
  final class Step {
    private final Interpreter network;
    private final List<Interpreter> companions;
    private final Tensor images;
    private final Tensor labels;
    private final RandomGenerator random;
    private final double share;

    /**
     * A step.
     *
     * @param network in training, see {@link Interpreter#training}
     * @param companions those trained along, in training too
     * @param images [N, C, H, W] in [0, 1], augmented
     * @param labels [N]
     * @param random of this step alone
     * @param share how much of the training is done, in [0, 1)
     */
    public Step(
        Interpreter network,
        List<Interpreter> companions,
        Tensor images,
        Tensor labels,
        RandomGenerator random,
        double share) {
      this.network = network;
      this.companions = List.copyOf(companions);
      this.images = images;
      this.labels = labels;
      this.random = random;
      this.share = share;
    }

    /** The network that is trained. */
    public Interpreter network() {
      return network;
    }

    /** Those trained along, in the order of {@link Objective#companions}. */
    public List<Interpreter> companions() {
      return companions;
    }

    /** Images [N, C, H, W] in [0, 1], augmented. */
    public Tensor images() {
      return images;
    }

    /** Labels [N]. */
    public Tensor labels() {
      return labels;
    }

    /** Randomness of this step alone. */
    public RandomGenerator random() {
      return random;
    }

    /** How much of the training is done, in [0, 1). */
    public double share() {
      return share;
    }
  }

  /**
   * Mean cross-entropy of the logits; the size of the images and the precision of the forward pass
   * are those of {@code settings}.
   */
  static Objective crossEntropy(TrainingSettings settings) {
    return step ->
        Ops.crossEntropy(
            logits(
                step.network(),
                settings.growth().apply(step.images(), step.share()),
                settings.precision()),
            step.labels(),
            settings.labelSmoothing());
  }

  /** Logits of a network in training, in mixed precision if {@code precision} says so. */
  static Tensor logits(Interpreter network, Tensor images, Precision precision) {
    return logits(network, images, Hooks.TRAINING, precision);
  }

  /** Logits of a network under {@code hooks}, in mixed precision if {@code precision} says so. */
  static Tensor logits(Interpreter network, Tensor images, Hooks hooks, Precision precision) {
    return precision.format() == NumberFormat.BFLOAT16
        ? Autograd.mixedPrecision(() -> network.forward(images, hooks))
        : network.forward(images, hooks);
  }
}
