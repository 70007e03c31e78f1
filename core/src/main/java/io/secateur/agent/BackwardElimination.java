package io.secateur.agent;

import io.secateur.run.RunContext;
import java.util.Comparator;
import java.util.Locale;
import java.util.PriorityQueue;

/**
 * Makes a mask smaller unit by unit: each time the unit is put back without which the mask is worth
 * most on the hold-out images. So there is a good candidate of every size, from what the search
 * found down to what hardly helps: the fewer are pruned, the less is lost on images not seen.
 *
 * <p>What a mask is worth without a unit is measured again only for the unit that promises most, by
 * what was measured before: the others are hardly worth more without the units put back since
 * ("lazy greedy", Minoux 1978). Cost: one trial for each unit and a few for each one put back.
 */
final class BackwardElimination {
  private final PruningProblem problem;
  private final boolean[] mask;
  private int trials;

  /** A unit, and Φ of the mask of {@code size} units without it. */
  private record Without(int unit, double phi, int size) {}

  private BackwardElimination(PruningProblem problem, boolean[] mask) {
    this.problem = problem;
    this.mask = mask.clone();
  }

  /**
   * Shortens {@code found} until it is worth less than half of what it brings.
   *
   * @return trials made; every mask tried is a candidate of {@code problem}
   */
  static int of(PruningProblem problem, boolean[] found, RunContext run) {
    BackwardElimination elimination = new BackwardElimination(problem, found);
    elimination.shorten(run);
    return elimination.trials;
  }

  private void shorten(RunContext run) {
    int size = MaskBits.count(mask);
    int whole = size;
    double nothing = problem.holdOutPhi(new boolean[mask.length]);
    double least = (problem.holdOutPhi(mask) + nothing) / 2;
    PriorityQueue<Without> queue =
        new PriorityQueue<>(
            Comparator.comparingDouble((Without one) -> -one.phi()).thenComparing(Without::unit));
    run.progress().begin("make the mask smaller", whole);
    for (int unit = 0; unit < mask.length; unit++) {
      if (mask[unit]) {
        queue.add(without(unit, size));
      }
    }
    double phi = Double.POSITIVE_INFINITY;
    while (size > 1 && phi >= least) {
      Without first = queue.remove();
      if (first.size() > size) {
        queue.add(without(first.unit(), size));
      } else {
        mask[first.unit()] = false;
        size--;
        phi = first.phi();
        run.progress()
            .advance(whole - size, String.format(Locale.ROOT, "%d left, phi %.3f", size, phi));
      }
    }
    run.progress().end(trials + " masks");
  }

  private Without without(int unit, int size) {
    mask[unit] = false;
    double phi = problem.holdOutPhi(mask);
    mask[unit] = true;
    trials++;
    return new Without(unit, phi, size);
  }
}
