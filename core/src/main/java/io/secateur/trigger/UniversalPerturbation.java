package io.secateur.trigger;

import io.secateur.data.ImageSet;
import io.secateur.engine.NumberFormat;
import io.secateur.engine.Optimizer;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Network;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One small addition that turns every image into one label.
 *
 * <pre>
 *   min over d of mean_x CE( f( clip(x + d, 0, 1) ), t )  such that  ‖d‖₂ ≤ radius,   d [C, H, W]
 * </pre>
 *
 * Adam from d = 0, projected onto the ball after each step; kept is the d with the best running
 * success. Stands for triggers that cover the image faintly, which a patch stands for badly. All
 * labels are sought at one radius, so what tells them apart is the success, not the norm.
 *
 * <p>Cost: steps × batch size forward and backward passes of one image, and one forward pass of all
 * images for the final success rate.
 *
 * <p>Source: Moosavi-Dezfooli et al., "Universal Adversarial Perturbations", CVPR 2017, section 3,
 * for the problem; Zeng et al., "Adversarial Unlearning of Backdoors via Implicit Hypergradient",
 * ICLR 2022, section 4, for its use on backdoors.
 *
 * <p>Differs from the papers in: a target label; one perturbation of all images descends from the
 * start, instead of a sum of perturbations of single images.
 */
public final class UniversalPerturbation implements TriggerSynthesis {

  /**
   * How the search is run.
   *
   * @param steps steps taken
   * @param batchSize images of one step
   * @param radius largest Euclidean length of d over all channels and pixels
   * @param learningRate of Adam, whose other settings are 0.9 and 0.999
   * @param successThreshold share of images that must get the label
   * @param memory weight of the past in the running success
   */
  public record Settings(
      int steps,
      int batchSize,
      double radius,
      double learningRate,
      double successThreshold,
      double memory) {
    /** Checks every range. */
    public Settings {
      Checks.require(steps >= 1, "steps", steps, ">= 1");
      Checks.require(batchSize >= 1, "batchSize", batchSize, ">= 1");
      Checks.require(Checks.positive(radius), "radius", radius, "> 0");
      Checks.require(Checks.positive(learningRate), "learningRate", learningRate, "> 0");
      Checks.require(
          successThreshold > 0 && successThreshold <= 1,
          "successThreshold",
          successThreshold,
          "in (0, 1]");
      Checks.require(memory >= 0 && memory < 1, "memory", memory, "in [0, 1)");
    }

    /** Radius 1, 60 steps of 64 images. */
    public static Settings defaults() {
      return new Settings(60, 64, 1.0, 0.02, 0.9, 0.7);
    }
  }

  private final Settings settings;
  private final NumberFormat format;

  /**
   * A search with {@code settings}.
   *
   * @param format in which the search computes; the final success is always measured in float32
   */
  public UniversalPerturbation(Settings settings, NumberFormat format) {
    this.settings = settings;
    this.format = format;
  }

  @Override
  public SynthesisResult synthesise(Network network, ImageSet images, int label, long seed) {
    FeatureShape shape = images.shape();
    List<Double> smallest = new ArrayList<>();
    float[] best = new float[shape.size()];
    double bestSuccess = -1;
    try (Scope scope = Scope.open()) {
      LabelGoal goal =
          new LabelGoal(
              network,
              format,
              images,
              true,
              label,
              settings.batchSize(),
              new SplittableRandom(seed));
      Tensor d = Tensor.zeros(shape.batch(1));
      Optimizer adam =
          Optimizer.adam(List.of(d.requireGradient()), settings.learningRate(), 0.9, 0.999);
      double running = 0;
      for (int step = 0; step < settings.steps(); step++) {
        try (Scope inner = Scope.open()) {
          Tensor logits = goal.logits(goal.images().add(d).clamp(0, 1));
          double success = goal.success(logits);
          running =
              step == 0 ? success : settings.memory() * running + (1 - settings.memory()) * success;
          if (running > bestSuccess) {
            bestSuccess = running;
            best = d.detach().clamp(-1, 1).toFloats();
          }
          adam.minimise(goal.crossEntropy(logits));
          project(d);
        }
        smallest.add(
            bestSuccess >= settings.successThreshold()
                ? settings.radius()
                : Math.sqrt(shape.size()));
      }
      Trigger trigger = new Trigger.Additive(best, shape.height(), shape.width());
      return SynthesisResult.of(
          network,
          images,
          label,
          trigger,
          bestSuccess >= settings.successThreshold(),
          smallest,
          (long) settings.steps() * goal.batchSize());
    }
  }

  private void project(Tensor d) {
    double length = Math.sqrt(d.detach().square().sum().item());
    if (length > settings.radius()) {
      d.assign(d.detach().mul(settings.radius() / length));
    }
  }
}
