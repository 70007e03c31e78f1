package io.secateur.defence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.secateur.defence.RepairOutcome.Standing;
import io.secateur.metric.Proportion;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PolicyTest {
  private static final Standing BEFORE = standing(90, 100);

  @Test
  void both_limits_are_inclusive() {
    Policy policy = new Policy(3, 5);

    assertThat(policy.met(BEFORE, standing(87, 5))).isTrue();
    assertThat(policy.met(BEFORE, standing(86, 5))).isFalse();
    assertThat(policy.met(BEFORE, standing(87, 6))).isFalse();
    assertThat(policy.met(BEFORE, standing(95, 0))).isTrue();
  }

  @Test
  void zero_tolerates_nothing_and_a_hundred_everything() {
    assertThat(new Policy(0, 0).met(BEFORE, standing(90, 0))).isTrue();
    assertThat(new Policy(0, 0).met(BEFORE, standing(89, 0))).isFalse();
    assertThat(new Policy(0, 0).met(BEFORE, standing(90, 1))).isFalse();
    assertThat(new Policy(100, 100).met(BEFORE, standing(0, 100))).isTrue();
  }

  @Test
  void without_a_trigger_to_measure_with_nothing_counts_as_safe() {
    Standing unmeasured =
        new Standing(Proportion.of(90, 100), Proportion.of(80, 100), Optional.empty());

    assertThat(new Policy(100, 100).met(unmeasured, unmeasured)).isFalse();
  }

  @Test
  void limits_out_of_range_are_refused() {
    for (double limit : new double[] {-0.1, 100.1, Double.NaN}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new Policy(limit, 5))
          .withMessageContaining("got " + limit + " and 5.0");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new Policy(3, limit))
          .withMessageContaining("got 3.0 and " + limit);
    }
  }

  private static Standing standing(int accuracy, int asr) {
    return new Standing(
        Proportion.of(accuracy, 100), Proportion.of(0, 100), Optional.of(Proportion.of(asr, 100)));
  }
}
