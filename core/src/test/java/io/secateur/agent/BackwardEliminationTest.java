package io.secateur.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.engine.OneThread;
import io.secateur.engine.Scope;
import io.secateur.run.RunContext;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(OneThread.class)
class BackwardEliminationTest {
  /** One channel of each colour: what one is worth does not depend on the others. */
  private static final int[] FOUND = {0, 1, 2, PlantedChannel.CHANNEL};

  /** As when every unit is tried at every size, for fewer trials. */
  @Test
  void every_size_has_the_mask_that_trying_all_units_finds() {
    try (Scope scope = Scope.open()) {
      PruningProblem problem = PlantedChannel.problem(Reward.DEFAULT);

      int trials = BackwardElimination.of(problem, mask(problem), RunContext.quiet(1));

      PruningProblem plain = PlantedChannel.problem(Reward.DEFAULT);
      boolean[] mask = mask(plain);
      int plainTrials = 0;
      for (int size = FOUND.length; size > 1; size--) {
        int best = -1;
        double bestPhi = Double.NEGATIVE_INFINITY;
        for (int unit = 0; unit < mask.length; unit++) {
          if (mask[unit]) {
            mask[unit] = false;
            double phi = plain.holdOutPhi(mask);
            mask[unit] = true;
            plainTrials++;
            if (phi > bestPhi) {
              best = unit;
              bestPhi = phi;
            }
          }
        }
        mask[best] = false;
        assertThat(bestOf(problem, size - 1)).as("of %s units", size - 1).isEqualTo(bestPhi);
      }
      assertThat(mask).as("what is left").isEqualTo(PlantedChannel.solution());
      assertThat(trials).isLessThan(plainTrials);
    }
  }

  /** Three blue ones: what each is worth depends on the others. */
  @Test
  void the_planted_channel_stays_to_the_end_among_others_that_stand_in_for_each_other() {
    try (Scope scope = Scope.open()) {
      PruningProblem problem = PlantedChannel.problem(Reward.DEFAULT);
      boolean[] mask = mask(problem);
      mask[6] = true;
      mask[9] = true;

      BackwardElimination.of(problem, mask, RunContext.quiet(1));

      double alone = problem.holdOutPhi(PlantedChannel.solution());
      for (int size = 1; size <= 6; size++) {
        assertThat(bestOf(problem, size)).as("of %s units", size).isBetween(-0.5, alone);
      }
    }
  }

  @Test
  void nothing_is_put_back_where_what_is_left_brings_little() {
    try (Scope scope = Scope.open()) {
      PruningProblem problem = PlantedChannel.problem(Reward.DEFAULT);
      boolean[] pair = PlantedChannel.solution();
      pair[0] = true;

      int trials = BackwardElimination.of(problem, pair, RunContext.quiet(1));

      assertThat(trials).isEqualTo(2);
      assertThat(BackwardElimination.of(problem, PlantedChannel.solution(), RunContext.quiet(1)))
          .isEqualTo(1);
      assertThat(BackwardElimination.of(problem, new boolean[pair.length], RunContext.quiet(1)))
          .isZero();
      assertThat(problem.tradeOff())
          .extracting(TradeOffPoint::units)
          .contains(List.of(PlantedChannel.CHANNEL), List.of(0));
    }
  }

  private static boolean[] mask(PruningProblem problem) {
    boolean[] mask = new boolean[problem.space().size()];
    for (int unit : FOUND) {
      mask[unit] = true;
    }
    return mask;
  }

  private static double bestOf(PruningProblem problem, int units) {
    return problem.tradeOff().stream()
        .filter(point -> point.units().size() == units)
        .mapToDouble(TradeOffPoint::phi)
        .max()
        .orElseThrow();
  }
}
