package io.secateur.trigger;

import io.secateur.data.ImageSet;
import io.secateur.engine.Autograd;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Network;
import io.secateur.train.Precision;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The strongest patch of a given size, where Neural Cleanse seeks the smallest that works:
 *
 * <pre>
 *   min over m, p of  mean_x CE( f( (1 − m) x + m p ), t )   such that  ‖m‖₁ ≤ B,  m and p in [0, 1]
 * </pre>
 *
 * The smallest trigger stops working when a little of the backdoor is pruned, long before the true
 * one does. A stronger one of the same label bounds the true one better, as long as B stays well
 * below what a blameless label needs: beyond that any patch is merely adversarial.
 *
 * <p>Projected gradient: a normalised step of the mask, a signed step of the colours, then the
 * Euclidean projection onto the ball and the box, clip(m − τ, 0, 1) with τ by bisection. The radius
 * falls geometrically from the start's norm, without a start three tenths of the image, to B over
 * the first {@value FallingRadius#SHRINKING} of the steps; after a start smaller than B it is B all
 * the time.
 *
 * <p>Cost: steps × batch size forward and backward passes of one image, and a forward pass of all
 * images at the end. Not from the paper.
 *
 * @param budget B, in pixels
 * @param steps taken
 * @param batchSize images of one step
 * @param precision in which the search computes
 */
public record BudgetedPatch(double budget, int steps, int batchSize, Precision precision)
    implements ContinuedSynthesis {
  private static final double MASK_START = 0.3;
  private static final double MASK_RATE = 0.01;
  private static final double PATTERN_RATE = 0.05;
  private static final double MOMENTUM = 0.5;
  private static final int BISECTIONS = 40;

  /** Rejects budgets and lengths that are not positive. */
  public BudgetedPatch {
    if (!(budget > 0) || steps < 1 || batchSize < 1) {
      throw new IllegalArgumentException(
          "budget, steps and batch size must be positive, got "
              + budget
              + ", "
              + steps
              + " and "
              + batchSize);
    }
  }

  @Override
  public SynthesisResult synthesise(Network network, ImageSet images, int label, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    FeatureShape shape = images.shape();
    float[] colours = new float[shape.size()];
    for (int i = 0; i < colours.length; i++) {
      colours[i] = (float) random.nextDouble();
    }
    float[] mask = new float[shape.height() * shape.width()];
    Arrays.fill(mask, (float) MASK_START);
    Trigger.Patch start = new Trigger.Patch(mask, colours, shape.height(), shape.width());
    return search(start, network, images, label, random);
  }

  @Override
  public SynthesisResult from(
      Trigger start, Network network, ImageSet images, int label, long seed) {
    if (!(start instanceof Trigger.Patch patch)) {
      throw new IllegalArgumentException("a patch can only go on from a patch, got " + start);
    }
    return search(patch, network, images, label, new SplittableRandom(seed));
  }

  private SynthesisResult search(
      Trigger.Patch start, Network network, ImageSet images, int label, SplittableRandom random) {
    return Scope.value(
        () -> {
          FeatureShape shape = images.shape();
          LabelGoal goal =
              new LabelGoal(network, precision.format(), images, true, label, batchSize, random);
          Tensor m = Tensor.of(start.mask(), 1, 1, shape.height(), shape.width()).requireGradient();
          Tensor p = Tensor.of(start.pattern(), shape.batch(1)).requireGradient();
          Tensor g = Tensor.zeros(m.shape());
          Tensor h = Tensor.zeros(p.shape());
          double whole = Math.max(start.norm(), budget);
          FallingRadius radius = new FallingRadius(whole, budget / whole, steps);
          for (int step = 0; step < steps; step++) {
            double now = radius.at(step);
            Scope.run(() -> step(goal, m, p, g, h, now));
          }
          Trigger trigger =
              new Trigger.Patch(m.toFloats(), p.toFloats(), shape.height(), shape.width());
          return SynthesisResult.of(
              network, images, label, trigger, true, List.of(), (long) steps * goal.batchSize());
        });
  }

  private static void step(LabelGoal goal, Tensor m, Tensor p, Tensor g, Tensor h, double radius) {
    Tensor loss = goal.crossEntropy(goal.logits(Trigger.Patch.blended(goal.images(), m, p)));
    List<Tensor> gradients = Autograd.gradients(loss, List.of(m, p));
    g.assign(g.mul(MOMENTUM).add(gradients.get(0).mul(1 - MOMENTUM)));
    h.assign(h.mul(MOMENTUM).add(gradients.get(1).mul(1 - MOMENTUM)));
    double rms = Math.sqrt(g.square().mean().item());
    float[] moved = m.detach().sub(g.mul(rms > 0 ? MASK_RATE / rms : 0)).toFloats();
    m.assign(Tensor.of(project(moved, radius), m.shape()));
    p.assign(p.detach().sub(h.sign().mul(PATTERN_RATE)).clamp(0, 1));
  }

  /** The nearest point with all values in [0, 1] and a sum of at most {@code radius}. */
  static float[] project(float[] values, double radius) {
    double low = 0;
    double high = 0;
    for (float value : values) {
      high = Math.max(high, value);
    }
    if (clippedSum(values, 0) > radius) {
      for (int i = 0; i < BISECTIONS; i++) {
        double middle = (low + high) / 2;
        if (clippedSum(values, middle) > radius) {
          low = middle;
        } else {
          high = middle;
        }
      }
    } else {
      high = 0;
    }
    float[] projected = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      projected[i] = (float) clip(values[i] - high);
    }
    return projected;
  }

  private static double clippedSum(float[] values, double shift) {
    double sum = 0;
    for (float value : values) {
      sum += clip(value - shift);
    }
    return sum;
  }

  private static double clip(double value) {
    return Math.max(0, Math.min(1, value));
  }
}
