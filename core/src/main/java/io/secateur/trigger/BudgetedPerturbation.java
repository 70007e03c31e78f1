package io.secateur.trigger;

import io.secateur.data.ImageSet;
import io.secateur.engine.Scope;
import io.secateur.nn.Network;
import io.secateur.train.Precision;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * The strongest change of one {@link PerturbationFamily} of a given size: to {@link
 * SmallestPerturbation} what {@link BudgetedPatch} is to Neural Cleanse.
 *
 * <pre>
 *   min over θ of  mean_x CE( f( x changed by θ ), t )   such that  ‖θ‖ ≤ B
 * </pre>
 *
 * <p>The radius falls geometrically from the start's size, without a start from {@link
 * Perturbation#first}, to B over the first {@value FallingRadius#SHRINKING} of the steps.
 *
 * <p>Cost: steps × batch size forward and backward passes of one image, and a forward pass of all
 * images at the end. Not from a paper.
 *
 * @param family what changes are sought
 * @param budget B, in the family's unit
 * @param steps taken
 * @param batchSize images of one step
 * @param precision in which the search computes
 */
public record BudgetedPerturbation(
    PerturbationFamily family, double budget, int steps, int batchSize, Precision precision)
    implements ContinuedSynthesis {
  /** Checks every range. */
  public BudgetedPerturbation {
    Checks.require(Checks.positive(budget), "budget", budget, "> 0");
    Checks.require(steps >= 1, "steps", steps, ">= 1");
    Checks.require(batchSize >= 1, "batchSize", batchSize, ">= 1");
  }

  @Override
  public SynthesisResult synthesise(Network network, ImageSet images, int label, long seed) {
    Perturbation change = family.on(network);
    SplittableRandom random = new SplittableRandom(seed);
    double first = change.first(budget);
    return search(
        change,
        () -> PerturbationSearch.random(change, first, random),
        first,
        network,
        images,
        label,
        random);
  }

  @Override
  public SynthesisResult from(
      Trigger start, Network network, ImageSet images, int label, long seed) {
    Perturbation change = family.on(network);
    Optional<float[]> theta = change.parameters(start);
    if (theta.isEmpty()) {
      return synthesise(network, images, label, seed);
    }
    return search(
        change,
        () -> PerturbationSearch.from(change, theta.get()),
        start.norm() > 0 ? start.norm() : budget,
        network,
        images,
        label,
        new SplittableRandom(seed));
  }

  private SynthesisResult search(
      Perturbation change,
      Supplier<PerturbationSearch> start,
      double first,
      Network network,
      ImageSet images,
      int label,
      SplittableRandom random) {
    return Scope.value(
        () -> {
          PerturbationSearch search = start.get();
          LabelGoal goal =
              new LabelGoal(network, precision.format(), images, true, label, batchSize, random);
          FallingRadius radius = new FallingRadius(first, budget / first, steps);
          for (int step = 0; step < steps; step++) {
            double now = radius.at(step);
            Scope.run(() -> search.descend(goal.crossEntropy(search.logits(goal)), now));
          }
          Trigger trigger = change.trigger(search.values());
          return SynthesisResult.of(
              network, images, label, trigger, true, List.of(), (long) steps * goal.batchSize());
        });
  }
}
