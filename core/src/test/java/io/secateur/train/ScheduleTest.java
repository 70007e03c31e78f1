package io.secateur.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ScheduleTest {
  @Test
  void oneCycleStartsAtATenthPeaksAfterTheWarmUpAndEndsAtAThousandth() {
    var cycle = new Schedule.OneCycle(0.1);
    assertThat(cycle.rate(0, 100)).isCloseTo(0.01, within(1e-12));
    assertThat(cycle.rate(29, 100)).isCloseTo(0.1, within(1e-12));
    assertThat(cycle.rate(99, 100)).isCloseTo(1e-4, within(1e-12));
    for (int step = 1; step < 100; step++) {
      if (step <= 29) {
        assertThat(cycle.rate(step, 100)).isGreaterThan(cycle.rate(step - 1, 100));
      } else {
        assertThat(cycle.rate(step, 100)).isLessThan(cycle.rate(step - 1, 100));
      }
    }
  }

  @Test
  void oneCycleSurvivesTheShortestTrainings() {
    for (long steps = 1; steps <= 4; steps++) {
      for (double warmUp : new double[] {0.01, 0.3, 1}) {
        for (long step = 0; step < steps; step++) {
          assertThat(new Schedule.OneCycle(0.1, warmUp).rate(step, steps)).isBetween(1e-4, 0.1);
        }
      }
    }
  }

  @Test
  void cosineFallsFromThePeakTowardsNought() {
    var cosine = new Schedule.Cosine(0.2);
    assertThat(cosine.rate(0, 10)).isCloseTo(0.2, within(1e-12));
    assertThat(cosine.rate(5, 10)).isCloseTo(0.1, within(1e-12));
    assertThat(cosine.rate(9, 10)).isPositive();
  }

  @Test
  void stepMultipliesAtEveryShare() {
    var stair = new Schedule.Step(1, 0.1, 0.25);
    assertThat(stair.rate(24, 100)).isCloseTo(1, within(1e-12));
    assertThat(stair.rate(25, 100)).isCloseTo(0.1, within(1e-12));
    assertThat(stair.rate(75, 100)).isCloseTo(1e-3, within(1e-12));
  }

  @Test
  void dropLowersTheRateOnce() {
    var drop = new Schedule.Drop(0.1, 0.1, 2.0 / 20);
    assertThat(drop.rate(11, 120)).isEqualTo(0.1);
    assertThat(drop.rate(12, 120)).isCloseTo(0.01, within(1e-12));
    assertThat(drop.rate(119, 120)).isCloseTo(0.01, within(1e-12));
    assertThat(new Schedule.Drop(0.1, 0.1, 1).rate(119, 120)).isEqualTo(0.1);
  }

  @Test
  void impossibleSettingsAreRefused() {
    assertThatThrownBy(() -> new Schedule.Constant(0)).hasMessageContaining("(0, 10]");
    assertThatThrownBy(() -> new Schedule.Cosine(Double.NaN)).hasMessageContaining("NaN");
    assertThatThrownBy(() -> new Schedule.OneCycle(0.1, 0)).hasMessageContaining("warmUp");
    assertThatThrownBy(() -> new Schedule.Step(0.1, 0.1, 2)).hasMessageContaining("every");
    assertThatThrownBy(() -> new Schedule.Drop(0.1, 0.1, 0)).hasMessageContaining("after");
    assertThatThrownBy(() -> TrainingSettings.FROM_SCRATCH.withEpochs(0))
        .hasMessageContaining("epochs");
  }
}
