package io.secateur.defence;

import io.secateur.data.Augmentation;
import io.secateur.data.CleanSample;
import io.secateur.engine.Ops;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.nn.Hooks;
import io.secateur.nn.Interpreter;
import io.secateur.nn.Network;
import io.secateur.run.RunContext;
import io.secateur.train.Descent;
import io.secateur.train.Objective;
import io.secateur.train.Precision;
import io.secateur.train.Schedule;
import io.secateur.train.TrainingSettings;
import java.util.function.UnaryOperator;

/**
 * Shared adversarial unlearning: the network f unlearns the wrong answers that the suspect g gives
 * to adversarial examples which both share.
 *
 * <pre>
 *   min over f of  λ₁ CE( f(x), y ) + λ₂/N Σ_{x misled} − log( 1 − p_ỹ(x + δ) )
 *   p = softmax f,   ỹ = argmax g(x + δ),   misled: ỹ ≠ y and ỹ ≠ argmax g(x)
 * </pre>
 *
 * δ comes from {@link SharedAttack} on the present f. Both networks run in evaluation mode, so
 * batch norm keeps its running statistics.
 *
 * <p>Cost: every step takes up to 5 passes forward and backward through both networks beside the
 * one that moves the weights, the most of all tuning defences.
 *
 * <p>Source: Wei et al., "Shared Adversarial Unlearning", NeurIPS 2023, equations 7 to 9; settings
 * of the authors' code in BackdoorBench, its limits on small probabilities included. The paper's
 * adversarial training term has the weight 0 there and is left out.
 *
 * <p>Differs from the source in: the rest of a round that fills no batch is left out; networks run
 * in the engine's fastest format.
 */
public final class Sau implements TrainedTreatment {
  /**
   * Settings.
   *
   * @param rounds times that every image is seen, at least 1
   * @param learningRate of Adam, above 0
   * @param batchSize images per step
   * @param radius largest change of a pixel, in [0, 1] units, above 0
   * @param stepSize of the attack, above 0
   * @param steps of the attack, at least 1
   * @param adversarial weight β₁ of misleading either network, at least 0
   * @param agreement weight β₂ of misleading both alike, at least 0
   * @param cleanWeight λ₁, at least 0
   * @param sharedWeight λ₂, at least 0
   */
  public record Settings(
      int rounds,
      double learningRate,
      int batchSize,
      double radius,
      double stepSize,
      int steps,
      double adversarial,
      double agreement,
      double cleanWeight,
      double sharedWeight) {
    /**
     * 100 rounds of batches of 256, Adam 1e-4; radius and step 0.2, 5 steps, β 0.01 and 1, λ 1 and
     * 1.
     */
    public static final Settings DEFAULT = new Settings(100, 1e-4, 256, 0.2, 0.2, 5, 0.01, 1, 1, 1);

    /** Rejects values out of range. */
    public Settings {
      Ranges.atLeastOne("rounds", rounds);
      Ranges.rate("learningRate", learningRate);
      Ranges.atLeastOne("batchSize", batchSize);
      Ranges.positive("radius", radius);
      Ranges.positive("stepSize", stepSize);
      Ranges.atLeastOne("steps", steps);
      Ranges.notNegative("adversarial", adversarial);
      Ranges.notNegative("agreement", agreement);
      Ranges.notNegative("cleanWeight", cleanWeight);
      Ranges.notNegative("sharedWeight", sharedWeight);
    }
  }

  private final Settings settings;

  /** Unlearning with {@code settings}. */
  public Sau(Settings settings) {
    this.settings = settings;
  }

  @Override
  public String name() {
    return "sau";
  }

  @Override
  public TrainingSettings training() {
    return new TrainingSettings(
        settings.rounds(),
        settings.batchSize(),
        new Schedule.Constant(settings.learningRate()),
        new Descent.Adam(0.9, 0.999),
        0,
        Augmentation.NONE,
        Precision.AUTO);
  }

  @Override
  public Objective objective(Network suspect, CleanSample clean, RunContext run) {
    // Not folded, so that f and g agree to the last bit while their weights do.
    Interpreter original = Interpreter.unfolded(suspect);
    SharedAttack attack =
        new SharedAttack(
            settings.adversarial(),
            settings.agreement(),
            settings.radius(),
            settings.stepSize(),
            settings.steps());
    return step -> {
      UnaryOperator<Tensor> network = images -> logits(step.network(), images);
      UnaryOperator<Tensor> reference = images -> logits(original, images);
      Tensor delta = attack.perturbation(network, reference, step.images(), step.labels());
      Tensor perturbed = step.images().add(delta);
      Tensor wrong = Scope.withoutGradients(() -> reference.apply(perturbed).argmax(1));
      Tensor answers = Scope.withoutGradients(() -> reference.apply(step.images()).argmax(1));
      Tensor misled = differ(wrong, step.labels()).mul(differ(wrong, answers));
      int count = step.images().size(0);
      Tensor both = network.apply(Tensor.cat(0, step.images(), perturbed));
      Tensor onClean = Ops.crossEntropy(both.narrow(0, 0, count), step.labels());
      Tensor onShared = unlearning(both.narrow(0, count, count), wrong, misled);
      return onClean.mul(settings.cleanWeight()).add(onShared.mul(settings.sharedWeight()));
    };
  }

  private Tensor logits(Interpreter network, Tensor images) {
    return Objective.logits(network, images, Hooks.NONE, training().precision());
  }

  private static Tensor differ(Tensor labels, Tensor others) {
    return labels.equalTo(others).neg().add(1);
  }

  /**
   * Mean over all images of − log(1 − p_ỹ) where {@code misled} is 1, a scalar. As in the source it
   * is the mean of two forms, equal but for rounding, and images with p_ỹ under a thousandth or
   * with 1 − p_ỹ above 0.999 pull no more.
   *
   * @param logits [N, K] of perturbed images
   * @param wrong ỹ [N]
   * @param misled [N], 0 or 1
   */
  static Tensor unlearning(Tensor logits, Tensor wrong, Tensor misled) {
    int classes = logits.size(1);
    int[] all = new int[classes];
    for (int k = 0; k < classes; k++) {
      all[k] = k;
    }
    Tensor chosen = Tensor.of(all).reshape(1, -1).equalTo(wrong.unsqueeze(1));
    Tensor p = logits.softmax(1);
    Tensor others = p.mul(chosen.neg().add(1)).sum(new long[] {1}).clamp(0, 0.999);
    Tensor own = p.mul(chosen).sum(new long[] {1}).clamp(0.001, 1);
    Tensor forms = others.add(1e-6).log().add(own.neg().add(1 + 1e-6).log());
    return forms.mul(misled).sum().mul(-0.5).div(logits.size(0));
  }
}
