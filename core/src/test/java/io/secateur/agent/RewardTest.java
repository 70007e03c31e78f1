package io.secateur.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RewardTest {
  private static final Measurement BEFORE = new Measurement(0.93, 0.2, 1, 0.98);

  @Test
  void pays_for_attack_for_accuracy_beyond_the_tolerance_and_for_loss() {
    Reward reward = new Reward(5, 0.01, 0.3, 0.25, 0.002);
    Measurement after = new Measurement(0.9, 0.5, 0.4, 0.2);

    // A = 0.25 · 0.4 + 0.75 · 0.2; accuracy fell by 0.03, 0.02 beyond τ; loss rose by 0.3
    assertThat(reward.phi(after, BEFORE, 7))
        .isCloseTo(-0.25 - 5 * 0.02 - 0.3 * 0.3 - 7 * 0.002, within(1e-12));
    assertThat(reward.phi(BEFORE, BEFORE, 0)).isCloseTo(-reward.attack(BEFORE), within(1e-12));
    assertThat(reward.attack(BEFORE)).isCloseTo(0.25 + 0.75 * 0.98, within(1e-12));
  }

  @Test
  void a_network_better_than_before_earns_nothing_extra() {
    Measurement better = new Measurement(0.99, 0.01, 0, 0);

    assertThat(Reward.DEFAULT.phi(better, BEFORE, 0)).isEqualTo(0);
    assertThat(Reward.DEFAULT.phi(new Measurement(0.926, 0.2, 0, 0), BEFORE, 0)).isEqualTo(0);
  }

  @Test
  void accuracy_on_mixed_copies_counts_where_there_are_some() {
    Measurement before = new Measurement(0.93, 0.2, 1, 1, 0.85);
    Measurement after = new Measurement(0.93, 0.2, 0, 0, 0.83);

    assertThat(Reward.hard(2, 0).phi(after, before, 0)).isCloseTo(-2 * 0.02, within(1e-12));
  }

  @Test
  void a_loss_known_from_other_images_takes_the_place_of_that_on_these() {
    Measurement after = new Measurement(0.5, 0.2, 0, 0);

    assertThat(Reward.hard(2, 0).phi(after, BEFORE, 0, 0.03)).isCloseTo(-0.06, within(1e-12));
    assertThat(Reward.hard(2, 0).phi(after, BEFORE, 0, -0.03)).isZero();
  }

  @Test
  void the_hard_form_ignores_probabilities_and_loss() {
    Reward hard = Reward.hard(2, 0);

    assertThat(hard.phi(new Measurement(0.83, 9, 0.5, 0.1), BEFORE, 0))
        .isCloseTo(-0.5 - 2 * 0.1, within(1e-12));
  }

  @Test
  void weights_out_of_range_are_refused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Reward(-1, 0, 0, 0, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> new Reward(1, -0.1, 0, 0, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> new Reward(Double.NaN, 0, 0, 0, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> new Reward(1, 0, -1, 0, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> new Reward(1, 0, 0, 1, -0.1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Reward(Double.POSITIVE_INFINITY, 0, 0, 1, 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Reward(1, 0, 0, 1.5, 0))
        .withMessageContaining("hard share 1.5");
  }
}
