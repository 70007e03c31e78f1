package io.secateur.trigger;

import io.secateur.data.ImageSet;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.nn.Network;
import io.secateur.train.Precision;
import java.util.SplittableRandom;

/**
 * The smallest change of one {@link PerturbationFamily}, the same for all images, that turns them
 * into one label: what {@link ProximalCleanse} seeks among patches.
 *
 * <pre>
 *   min over θ of ‖θ‖  such that  mean_x [ argmax f( x changed by θ ) = t ] ≥ threshold
 *   r ← down · r while the running success is at the threshold, else min(up · r, r₀)
 * </pre>
 *
 * within whose ball {@link PerturbationSearch} moves θ: the search walks inwards along the border
 * of success. Kept is the smallest θ among the steps at which both the mini-batch and the running
 * mean of success passed.
 *
 * <p>Cost: steps × batch size forward and backward passes of one image, and one forward pass of all
 * images for the final success rate.
 *
 * <p>Source: the problem of Wang et al., "Neural Cleanse", IEEE S&amp;P 2019, section IV, for other
 * changes than patches; the search is not from a paper.
 *
 * @param family what changes are sought
 * @param start r₀, the largest radius, in the family's unit
 * @param steps taken
 * @param batchSize images of one step
 * @param precision in which the search computes; the final success is always measured in float32
 */
public record SmallestPerturbation(
    PerturbationFamily family, double start, int steps, int batchSize, Precision precision)
    implements TriggerSynthesis {
  private static final double DOWN = 0.96;
  private static final double UP = 1.03;
  private static final double THRESHOLD = 0.95;
  private static final double MEMORY = 0.7;

  /** Checks every range. */
  public SmallestPerturbation {
    Checks.require(Checks.positive(start), "start", start, "> 0");
    Checks.require(steps >= 1, "steps", steps, ">= 1");
    Checks.require(batchSize >= 1, "batchSize", batchSize, ">= 1");
  }

  @Override
  public SynthesisResult synthesise(Network network, ImageSet images, int label, long seed) {
    try (Scope scope = Scope.open()) {
      SplittableRandom random = new SplittableRandom(seed);
      Perturbation change = family.on(network);
      Walk walk = new Walk(PerturbationSearch.random(change, start, random));
      LabelGoal goal =
          new LabelGoal(network, precision.format(), images, true, label, batchSize, random);
      for (int step = 0; step < steps; step++) {
        Scope.run(() -> walk.step(goal));
      }
      Trigger trigger = change.trigger(walk.bestValues);
      return SynthesisResult.of(
          network,
          images,
          label,
          trigger,
          walk.best.found(),
          walk.best.smallest(),
          (long) steps * goal.batchSize());
    }
  }

  /** The state of one run for one label. */
  private final class Walk {
    private final PerturbationSearch search;
    private double radius = start;
    private double running = -1;

    private final BestSoFar best = new BestSoFar(start);
    private float[] bestValues = new float[0];

    Walk(PerturbationSearch search) {
      this.search = search;
    }

    void step(LabelGoal goal) {
      Tensor logits = search.logits(goal);
      double success = goal.success(logits);
      running = running < 0 ? success : MEMORY * running + (1 - MEMORY) * success;
      keep(success);
      search.descend(goal.crossEntropy(logits), radius);
      radius = running >= THRESHOLD ? DOWN * radius : Math.min(UP * radius, start);
    }

    private void keep(double success) {
      boolean passed = Math.min(success, running) >= THRESHOLD;
      if (best.improvedBy(passed, search.size(), success)) {
        bestValues = search.values();
      }
    }
  }
}
