package io.secateur.defence;

import io.secateur.data.Augmentation;
import io.secateur.data.CleanSample;
import io.secateur.engine.NumberFormat;
import io.secateur.engine.Ops;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.nn.Hooks;
import io.secateur.nn.Interpreter;
import io.secateur.nn.Network;
import io.secateur.nn.StageOutputs;
import io.secateur.run.RunContext;
import io.secateur.train.BatchSource;
import io.secateur.train.Descent;
import io.secateur.train.Objective;
import io.secateur.train.Precision;
import io.secateur.train.Schedule;
import io.secateur.train.Trainer;
import io.secateur.train.TrainingSettings;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Neural attention distillation: the network learns to attend where a fine-tuned copy of it does.
 *
 * <pre>
 *   A(F)  = Σ_c |F_c|^p / ( ‖Σ_c |F_c|^p‖₂ + 10⁻⁶ )         F [N, C, H, W] → A [N, H, W]
 *   L     = CE( f(x), y ) + Σ_l β_l · mean( (A(F_l) − A(F_l of the teacher))² )
 * </pre>
 *
 * The teacher is the suspect, fine-tuned on the tuning images by the same descent; it then stays as
 * it is and runs in evaluation mode. F_l are the outputs of the last three stages ({@link
 * StageOutputs}), tapped while the network runs.
 *
 * <p>Source: Li et al., "Neural Attention Distillation: Erasing Backdoor Triggers from Deep Neural
 * Networks", ICLR 2021, section 3; settings of the authors' code (bboylyg/NAD) with the learning
 * rate and the three β of BackdoorBench.
 *
 * <p>Differs from the source in: crops and flips only, no cut-out; the last epoch is the result,
 * where the authors' code keeps an epoch chosen on test images; networks of more than three stages
 * are compared at the last three, those of fewer at all, with the last β.
 */
public final class Nad implements TrainedTreatment {
  private static final double NORM_EPSILON = 1e-6;

  /** Keeps the derivative of the root finite where a map is nought everywhere. */
  private static final double ROOT_EPSILON = 1e-24;

  private static final Descent DESCENT = new Descent.Sgd(0.9, 1e-4);

  /** The first epochs run at the full learning rate. */
  private static final double FAST_EPOCHS = 2;

  /**
   * Settings.
   *
   * @param teacherEpochs of the teacher's fine-tuning, at least 1
   * @param epochs of the distillation, at least 1
   * @param learningRate of both in their first two epochs, above 0; a tenth of it afterwards
   * @param batchSize images per step
   * @param p power of the activations in a map, at least 1
   * @param beta1 weight of the third-last stage's map, at least 0
   * @param beta2 weight of the second-last stage's
   * @param beta3 weight of the last stage's
   */
  public record Settings(
      int teacherEpochs,
      int epochs,
      double learningRate,
      int batchSize,
      double p,
      double beta1,
      double beta2,
      double beta3) {
    /**
     * 10 and 20 epochs from a learning rate of 0.01, 64 images per step, p 2, β 500, 1000, 1000.
     */
    public static final Settings DEFAULT = new Settings(10, 20, 0.01, 64, 2, 500, 1000, 1000);

    /** Rejects values out of range. */
    public Settings {
      Ranges.atLeastOne("teacherEpochs", teacherEpochs);
      Ranges.atLeastOne("epochs", epochs);
      Ranges.rate("learningRate", learningRate);
      Ranges.atLeastOne("batchSize", batchSize);
      Ranges.within("p", p, 1, Double.POSITIVE_INFINITY);
      Ranges.notNegative("beta1", beta1);
      Ranges.notNegative("beta2", beta2);
      Ranges.notNegative("beta3", beta3);
    }
  }

  private final Settings settings;

  /** Distillation with {@code settings}. */
  public Nad(Settings settings) {
    this.settings = settings;
  }

  @Override
  public String name() {
    return "nad";
  }

  /** {@inheritDoc} NAD needs feature maps: a convolution or a batch norm before any pooling. */
  @Override
  public void check(Network network) {
    if (StageOutputs.of(network.architecture()).isEmpty()) {
      throw new IllegalArgumentException(
          network.architecture().name() + " has no feature maps that nad could compare");
    }
  }

  @Override
  public TrainingSettings training() {
    return training(settings.epochs());
  }

  private TrainingSettings training(int epochs) {
    return new TrainingSettings(
        epochs,
        settings.batchSize(),
        new Schedule.Drop(settings.learningRate(), 0.1, Math.min(1, FAST_EPOCHS / epochs)),
        DESCENT,
        0,
        Augmentation.CROP_AND_FLIP,
        Precision.AUTO);
  }

  @Override
  public Objective objective(Network suspect, CleanSample clean, RunContext run) {
    Network tuned =
        Trainer.of(training(settings.teacherEpochs()))
            .train(suspect, BatchSource.of(clean.tune()), run.under("teacher"))
            .network();
    return towards(tuned, weights(suspect));
  }

  /** β by the name of the node whose output is compared. */
  Map<String, Double> weights(Network network) {
    double[] betas = {settings.beta1(), settings.beta2(), settings.beta3()};
    List<String> outputs = StageOutputs.of(network.architecture());
    Map<String, Double> weights = new LinkedHashMap<>();
    for (int back = Math.min(betas.length, outputs.size()); back >= 1; back--) {
      weights.put(outputs.get(outputs.size() - back), betas[betas.length - back]);
    }
    return weights;
  }

  /** The loss L; the teacher belongs to the scope that is open. */
  Objective towards(Network tuned, Map<String, Double> betas) {
    Precision precision = training().precision();
    Interpreter teacher = Interpreter.evaluating(tuned, precision.format());
    return step -> {
      Map<String, Tensor> seen = new HashMap<>();
      Hooks tapped =
          Hooks.TRAINING.withTap(
              (name, output) -> {
                if (betas.containsKey(name)) {
                  seen.put(name, output);
                }
              });
      Tensor logits = Objective.logits(step.network(), step.images(), tapped, precision);
      Map<String, Tensor> taught =
          Scope.withoutGradients(() -> teacher.activations(step.images(), betas.keySet()));
      Tensor loss = Ops.crossEntropy(logits, step.labels());
      for (Map.Entry<String, Double> beta : betas.entrySet()) {
        String name = beta.getKey();
        loss = loss.add(distance(map(seen, name), map(taught, name)).mul(beta.getValue()));
      }
      return loss;
    };
  }

  private Tensor map(Map<String, Tensor> features, String name) {
    Tensor output = features.get(name);
    if (output == null) {
      throw new IllegalStateException("node '" + name + "' was not tapped");
    }
    return attention(output, settings.p());
  }

  /** Attention maps [N, H, W], float32, each of length 1, of feature maps [N, C, H, W]. */
  static Tensor attention(Tensor features, double p) {
    Tensor energy = features.to(NumberFormat.FLOAT32).abs().power(p).sum(new long[] {1});
    Tensor norm = energy.square().sum(1, 2).add(ROOT_EPSILON).sqrt().add(NORM_EPSILON);
    return energy.div(norm.reshape(-1, 1, 1));
  }

  /** Mean square of the differences of two maps. */
  static Tensor distance(Tensor map, Tensor taught) {
    return map.sub(taught).square().mean();
  }
}
