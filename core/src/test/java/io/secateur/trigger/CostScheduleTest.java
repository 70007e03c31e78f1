package io.secateur.trigger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class CostScheduleTest {
  private static final double NONE = Double.POSITIVE_INFINITY;

  @Test
  void success_held_for_patience_raises_the_cost_and_failure_lowers_it() {
    CostSchedule schedule = new CostSchedule(QuickCleanse.settings(150, 64));
    for (int i = 0; i < 4; i++) {
      assertThat(schedule.next(true, 100)).isTrue();
      assertThat(schedule.cost()).isEqualTo(1e-3);
    }
    schedule.next(true, 90);
    assertThat(schedule.cost()).isEqualTo(2e-3);

    for (int i = 0; i < 5; i++) {
      schedule.next(false, 90);
    }
    assertThat(schedule.cost()).isCloseTo(2e-3 / Math.pow(2, 1.5), within(1e-12));
  }

  @Test
  void an_interrupted_row_counts_from_the_start() {
    CostSchedule schedule = new CostSchedule(QuickCleanse.settings(150, 64));
    for (int i = 0; i < 20; i++) {
      schedule.next(i % 5 != 4, 100 - i);
    }
    assertThat(schedule.cost()).isEqualTo(1e-3);
  }

  @Test
  void a_zero_start_waits_for_success_to_hold() {
    CostSchedule schedule = new CostSchedule(NeuralCleanse.Settings.original());
    for (int i = 0; i < 30; i++) {
      schedule.next(false, NONE);
    }
    assertThat(schedule.cost()).isZero();
    for (int i = 0; i < 4; i++) {
      schedule.next(true, 100);
    }
    assertThat(schedule.cost()).isZero();
    schedule.next(true, 100);
    assertThat(schedule.cost()).isEqualTo(1e-3);
  }

  @Test
  void the_search_ends_when_the_norm_stands_still_but_not_before_a_rise_and_a_fall() {
    CostSchedule schedule = new CostSchedule(QuickCleanse.settings(150, 64));
    for (int i = 0; i < 60; i++) {
      assertThat(schedule.next(true, 50)).isTrue();
    }
    for (int i = 0; i < 5; i++) {
      assertThat(schedule.next(false, 50)).isTrue();
    }
    assertThat(schedule.next(false, 50)).isFalse();
  }

  @Test
  void a_norm_that_shrinks_by_more_than_a_percent_keeps_it_going() {
    CostSchedule schedule = new CostSchedule(QuickCleanse.settings(150, 64));
    double norm = 500;
    for (int i = 0; i < 200; i++) {
      norm *= 0.98;
      assertThat(schedule.next(i / 7 % 2 == 0, norm)).isTrue();
    }
  }
}
