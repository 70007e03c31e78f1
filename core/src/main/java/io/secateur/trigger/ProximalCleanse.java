package io.secateur.trigger;

import io.secateur.data.ImageSet;
import io.secateur.engine.Autograd;
import io.secateur.engine.NumberFormat;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Network;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Neural Cleanse's problem solved by proximal steps: the smallest patch that turns every image into
 * one label. It comes down faster than {@link NeuralCleanse}, which makes it the better screening
 * when only some sixty steps can be spent; with more than twice that the two end alike.
 *
 * <pre>
 *   min over m, p of ‖m‖₁  such that  mean_x [ argmax f( (1 − m) x + m p ) = t ] ≥ threshold
 *   m [H, W] and p [C, H, W] in [0, 1]
 *
 *   g  ← β g + (1 − β) ∂CE/∂m            r ← max(rms(g), 0.8 r + 0.2 rms(g))
 *   m  ← clip(m − η g / r − τ, 0, 1)      the proximal map of τ ‖m‖₁ on the box
 *   h  ← β h + (1 − β) ∂CE/∂p
 *   p  ← clip(p − κ sign(h), 0, 1)
 *   τ  ← min(up · τ, τ_max) while the running success is at the threshold, else τ / down
 * </pre>
 *
 * Soft thresholding makes pixels exactly zero, and there are no flat ends of a tanh to get stuck
 * on. The gradient of the mask is scaled as a whole, never pixel by pixel, so that pixels that
 * matter more survive.
 *
 * <p>Kept is the mask with the smallest norm, in pixels, among the steps at which both the
 * mini-batch and the running mean of success passed.
 *
 * <p>Cost: steps × batch size forward and backward passes of one image, and one forward pass of all
 * images for the final success rate.
 *
 * <p>Source: the problem of Wang et al., "Neural Cleanse", IEEE S&amp;P 2019, section IV; iterative
 * soft thresholding of Daubechies et al. 2004 and Beck and Teboulle, "A Fast Iterative
 * Shrinkage-Thresholding Algorithm", 2009, section 1.
 *
 * <p>Differs from the paper in: the optimiser, all of it; images of the label itself are left out.
 */
public final class ProximalCleanse implements TriggerSynthesis {

  /**
   * How the search is run.
   *
   * @param steps steps taken
   * @param batchSize images of one step
   * @param maskStart mask everywhere at the start; the pattern starts uniformly random
   * @param maskRate η: step of the mask, per root mean square of its gradient
   * @param patternRate κ: step of every pixel's colour
   * @param momentum β
   * @param shrinkage first τ, which is subtracted from every mask pixel at each step
   * @param largestShrinkage τ_max
   * @param up factor that raises τ
   * @param down divisor that lowers τ
   * @param successThreshold share of images that must get the label
   * @param memory weight of the past in the running success
   */
  public record Settings(
      int steps,
      int batchSize,
      double maskStart,
      double maskRate,
      double patternRate,
      double momentum,
      double shrinkage,
      double largestShrinkage,
      double up,
      double down,
      double successThreshold,
      double memory) {
    /** Checks every range. */
    public Settings {
      Checks.require(steps >= 1, "steps", steps, ">= 1");
      Checks.require(batchSize >= 1, "batchSize", batchSize, ">= 1");
      Checks.require(maskStart > 0 && maskStart <= 1, "maskStart", maskStart, "in (0, 1]");
      Checks.require(Checks.positive(maskRate), "maskRate", maskRate, "> 0");
      Checks.require(Checks.positive(patternRate), "patternRate", patternRate, "> 0");
      Checks.require(momentum >= 0 && momentum < 1, "momentum", momentum, "in [0, 1)");
      Checks.require(Checks.positive(shrinkage), "shrinkage", shrinkage, "> 0");
      Checks.require(
          largestShrinkage >= shrinkage && largestShrinkage <= 1,
          "largestShrinkage",
          largestShrinkage,
          "in [shrinkage, 1]");
      Checks.require(up > 1 && Checks.positive(up), "up", up, "> 1");
      Checks.require(down > 1 && Checks.positive(down), "down", down, "> 1");
      Checks.require(
          successThreshold > 0 && successThreshold <= 1,
          "successThreshold",
          successThreshold,
          "in (0, 1]");
      Checks.require(memory >= 0 && memory < 1, "memory", memory, "in [0, 1)");
    }

    /** 140 steps of 32 images. */
    public static Settings defaults() {
      return new Settings(140, 32, 0.3, 0.006, 0.05, 0.5, 0.02, 0.03, 1.2, 1.3, 0.95, 0.7);
    }

    /** These with another number of steps. */
    public Settings withSteps(int other) {
      return new Settings(
          other,
          batchSize,
          maskStart,
          maskRate,
          patternRate,
          momentum,
          shrinkage,
          largestShrinkage,
          up,
          down,
          successThreshold,
          memory);
    }
  }

  private static final double SCALE_MEMORY = 0.8;
  private static final double LEAST_SHRINKAGE = 1e-5;

  private final Settings settings;
  private final NumberFormat format;

  /**
   * A search with {@code settings}.
   *
   * @param format in which the search computes; the final success is always measured in float32
   */
  public ProximalCleanse(Settings settings, NumberFormat format) {
    this.settings = settings;
    this.format = format;
  }

  @Override
  public SynthesisResult synthesise(Network network, ImageSet images, int label, long seed) {
    try (Scope scope = Scope.open()) {
      SplittableRandom random = new SplittableRandom(seed);
      Search search = new Search(images.shape(), random);
      LabelGoal goal =
          new LabelGoal(network, format, images, true, label, settings.batchSize(), random);
      for (int step = 0; step < settings.steps(); step++) {
        Scope.run(() -> search.step(goal));
      }
      return SynthesisResult.of(
          network,
          images,
          label,
          search.trigger(),
          search.best.found(),
          search.best.smallest(),
          (long) settings.steps() * goal.batchSize());
    }
  }

  /** The state of one run for one label. */
  private final class Search {
    private final FeatureShape shape;
    private final Tensor m;
    private final Tensor p;
    private final Tensor g;
    private final Tensor h;
    private double scale;
    private double shrinkage = settings.shrinkage();
    private double running = -1;

    private final BestSoFar best;
    private float[] bestMask = new float[0];
    private float[] bestPattern = new float[0];

    Search(FeatureShape shape, SplittableRandom random) {
      this.shape = shape;
      this.best = new BestSoFar(shape.height() * shape.width());
      float[] pattern = new float[shape.size()];
      for (int i = 0; i < pattern.length; i++) {
        pattern[i] = (float) random.nextDouble();
      }
      float[] mask = new float[shape.height() * shape.width()];
      Arrays.fill(mask, (float) settings.maskStart());
      this.m = Tensor.of(mask, 1, 1, shape.height(), shape.width()).requireGradient();
      this.p = Tensor.of(pattern, shape.batch(1)).requireGradient();
      this.g = Tensor.zeros(m.shape());
      this.h = Tensor.zeros(p.shape());
    }

    void step(LabelGoal goal) {
      Tensor logits = goal.logits(Trigger.Patch.blended(goal.images(), m, p));
      double success = goal.success(logits);
      running =
          running < 0 ? success : settings.memory() * running + (1 - settings.memory()) * success;
      keep(success);
      List<Tensor> gradients = Autograd.gradients(goal.crossEntropy(logits), List.of(m, p));
      double momentum = settings.momentum();
      g.assign(g.mul(momentum).add(gradients.get(0).mul(1 - momentum)));
      h.assign(h.mul(momentum).add(gradients.get(1).mul(1 - momentum)));
      double rms = Math.sqrt(g.square().mean().item());
      scale = Math.max(rms, SCALE_MEMORY * scale + (1 - SCALE_MEMORY) * rms);
      double rate = scale > 0 ? settings.maskRate() / scale : 0;
      m.assign(m.detach().sub(g.mul(rate)).add(-shrinkage).clamp(0, 1));
      p.assign(p.detach().sub(h.sign().mul(settings.patternRate())).clamp(0, 1));
      shrinkage =
          running >= settings.successThreshold()
              ? Math.min(shrinkage * settings.up(), settings.largestShrinkage())
              : Math.max(shrinkage / settings.down(), LEAST_SHRINKAGE);
    }

    private void keep(double success) {
      boolean passed = Math.min(success, running) >= settings.successThreshold();
      if (best.improvedBy(passed, m.sum().item(), success)) {
        bestMask = m.toFloats();
        bestPattern = p.toFloats();
      }
    }

    Trigger trigger() {
      return new Trigger.Patch(bestMask, bestPattern, shape.height(), shape.width());
    }
  }
}
