package io.secateur.defence;

import io.secateur.data.Augmentation;
import io.secateur.data.CleanSample;
import io.secateur.nn.Network;
import io.secateur.run.RunContext;
import io.secateur.train.Descent;
import io.secateur.train.Objective;
import io.secateur.train.Precision;
import io.secateur.train.Schedule;
import io.secateur.train.TrainingSettings;

/**
 * Fine-tuning with adaptive sharpness-aware minimisation: weights are sought whose whole
 * neighbourhood fits the clean images, which moves the large weights that carry a backdoor further
 * than plain fine-tuning does. The formula stands at {@link SharpnessAware}.
 *
 * <p>Source: Zhu et al., "Enhancing Fine-Tuning Based Backdoor Defense with Sharpness-Aware
 * Minimization", ICCV 2023; settings of the authors' code for CIFAR-10 in BackdoorBench: all
 * weights and biases, ρ 2, label smoothing 0.1, SGD with momentum 0.9 and weight decay 5e-4, a
 * cosine from 0.01.
 *
 * <p>Differs from the source in: the momentum looks ahead (Nesterov), as in all descents here; the
 * rest of an epoch that fills no batch is left out.
 */
public final class FtSam implements TrainedTreatment {
  /**
   * Settings.
   *
   * @param epochs times that every image is seen, at least 1; each costs twice an epoch of
   *     fine-tuning
   * @param learningRate at the start, above 0
   * @param batchSize images per step
   * @param rho radius of the neighbourhood in the adaptive metric, above 0; the source takes 8 for
   *     Tiny ImageNet
   * @param labelSmoothing share of the label's probability spread over the other classes, in [0,
   *     0.5)
   */
  public record Settings(
      int epochs, double learningRate, int batchSize, double rho, double labelSmoothing) {
    /** 100 epochs from a learning rate of 0.01, 256 images per step, ρ 2, smoothing 0.1. */
    public static final Settings DEFAULT = new Settings(100, 0.01, 256, 2, 0.1);

    /** Rejects values out of range. */
    public Settings {
      Ranges.atLeastOne("epochs", epochs);
      Ranges.rate("learningRate", learningRate);
      Ranges.atLeastOne("batchSize", batchSize);
      Ranges.positive("rho", rho);
      Ranges.within("labelSmoothing", labelSmoothing, 0, 0.5);
    }
  }

  private final Settings settings;

  /** Fine-tuning with {@code settings}. */
  public FtSam(Settings settings) {
    this.settings = settings;
  }

  @Override
  public String name() {
    return "ft-sam";
  }

  @Override
  public TrainingSettings training() {
    return training(0);
  }

  private TrainingSettings training(double labelSmoothing) {
    return new TrainingSettings(
        settings.epochs(),
        settings.batchSize(),
        new Schedule.Cosine(settings.learningRate()),
        Descent.Sgd.CUSTOMARY,
        labelSmoothing,
        Augmentation.CROP_AND_FLIP,
        Precision.AUTO);
  }

  @Override
  public Objective objective(Network suspect, CleanSample clean, RunContext run) {
    // The source spreads the share over the other classes, the trainer over all of them.
    int classes = suspect.classes();
    double share = settings.labelSmoothing() * classes / Math.max(1, classes - 1);
    return new SharpnessAware(Objective.crossEntropy(training(share)), settings.rho());
  }
}
