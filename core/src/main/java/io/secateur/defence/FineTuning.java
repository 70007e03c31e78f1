package io.secateur.defence;

import io.secateur.data.Augmentation;
import io.secateur.data.CleanSample;
import io.secateur.engine.Ops;
import io.secateur.nn.Architecture;
import io.secateur.nn.Hooks;
import io.secateur.nn.Network;
import io.secateur.prune.PrunedChannel;
import io.secateur.prune.PruningPlan;
import io.secateur.prune.Surgery;
import io.secateur.run.RunContext;
import io.secateur.train.BatchSource;
import io.secateur.train.Descent;
import io.secateur.train.Objective;
import io.secateur.train.Precision;
import io.secateur.train.Schedule;
import io.secateur.train.Trainer;
import io.secateur.train.TrainingSettings;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Fine-tuning of all weights on the tuning part of the clean sample: the plainest defence, and the
 * yardstick of all. SGD with momentum 0.9 and weight decay 5e-4, a cosine from the given learning
 * rate, crops and flips.
 */
public final class FineTuning implements Treatment {
  /**
   * Settings.
   *
   * @param epochs times that every image is seen
   * @param learningRate at the start
   * @param batchSize images per step
   */
  public record Settings(int epochs, double learningRate, int batchSize) {
    /** 20 epochs from a learning rate of 0.01, 64 images per step. */
    public static final Settings DEFAULT = new Settings(20, 0.01, 64);

    /** Rejects what cannot train. */
    public Settings {
      if (epochs < 1 || !(learningRate > 0) || batchSize < 1) {
        throw new IllegalArgumentException(
            "fine-tuning needs at least 1 epoch and image per step and a positive learning rate, got "
                + epochs
                + ", "
                + batchSize
                + " and "
                + learningRate);
      }
    }
  }

  private final Settings settings;

  /** Fine-tuning with {@code settings}. */
  public FineTuning(Settings settings) {
    this.settings = settings;
  }

  @Override
  public String name() {
    return "ft";
  }

  @Override
  public Treated treat(Network suspect, CleanSample clean, RunContext run) {
    return Treated.of(tune(settings, suspect, BatchSource.of(clean.tune()), run));
  }

  /** {@code start} fine-tuned on {@code images}, whatever it may hide. */
  public static Network tune(Settings settings, Network start, BatchSource images, RunContext run) {
    return Trainer.of(training(settings)).train(start, images, run.under("fine-tune")).network();
  }

  /**
   * {@code pruned} fine-tuned with the channels of {@code plan} held at zero: no gradient reaches
   * them, and the others never count on them.
   */
  static Network tune(
      Settings settings, Network pruned, PruningPlan plan, BatchSource images, RunContext run) {
    TrainingSettings training = training(settings);
    Map<String, float[]> factors = factors(pruned.architecture(), plan);
    Objective held =
        step ->
            Ops.crossEntropy(
                Objective.logits(
                    step.network(),
                    step.images(),
                    Hooks.maskedBy(factors).withTraining(true),
                    training.precision()),
                step.labels());
    Network tuned =
        Trainer.of(training).lowering(held).train(pruned, images, run.under("fine-tune")).network();
    return Surgery.apply(tuned, plan);
  }

  private static TrainingSettings training(Settings settings) {
    return new TrainingSettings(
        settings.epochs(),
        settings.batchSize(),
        new Schedule.Cosine(settings.learningRate()),
        Descent.Sgd.CUSTOMARY,
        0,
        Augmentation.CROP_AND_FLIP,
        Precision.AUTO);
  }

  /** Node → 0 for each planned channel and 1 for every other. */
  private static Map<String, float[]> factors(Architecture architecture, PruningPlan plan) {
    Map<String, float[]> factors = new LinkedHashMap<>();
    for (PrunedChannel channel : plan.channels()) {
      int channels = architecture.node(channel.layer()).output().channels();
      float[] values =
          factors.computeIfAbsent(
              channel.layer(),
              layer -> {
                float[] ones = new float[channels];
                Arrays.fill(ones, 1);
                return ones;
              });
      values[channel.index()] = 0;
    }
    return factors;
  }
}
