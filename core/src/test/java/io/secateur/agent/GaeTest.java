package io.secateur.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GaeTest {
  @Test
  void agrees_with_a_trajectory_computed_by_hand() {
    // γ = 0.5, λ = 0.5: δ = (1 + 0.5·2 − 1, 0 + 0.5·4 − 2, 3 + 0 − 4) = (1, 0, −1)
    double[] advantages =
        Gae.advantages(new double[] {1, 0, 3}, new double[] {1, 2, 4}, 0, 0.5, 0.5);

    // A₂ = −1, A₁ = 0 − 0.25, A₀ = 1 − 0.0625
    assertThat(advantages).containsExactly(0.9375, -0.25, -1);
  }

  @Test
  void agrees_with_the_sum_over_all_later_errors() {
    Random random = new Random(1);
    double[] rewards = random.doubles(17, -1, 1).toArray();
    double[] values = random.doubles(17, -1, 1).toArray();
    double after = 0.7;
    double gamma = 0.99;
    double lambda = 0.95;

    double[] advantages = Gae.advantages(rewards, values, after, gamma, lambda);

    for (int t = 0; t < 17; t++) {
      double sum = 0;
      for (int k = t; k < 17; k++) {
        double next = k == 16 ? after : values[k + 1];
        sum += Math.pow(gamma * lambda, k - t) * (rewards[k] + gamma * next - values[k]);
      }
      assertThat(advantages[t]).isCloseTo(sum, within(1e-12));
    }
  }

  @Test
  void with_lambda_one_it_is_the_return_less_the_value() {
    double[] rewards = {1, 2, 3};
    double[] values = {0.5, 0.25, 0.125};

    double[] advantages = Gae.advantages(rewards, values, 0, 1, 1);

    assertThat(advantages).containsExactly(new double[] {5.5, 4.75, 2.875}, within(1e-12));
    assertThat(Arrays.stream(Gae.advantages(rewards, values, 0, 0.9, 0)).toArray())
        .containsExactly(
            new double[] {1 + 0.9 * 0.25 - 0.5, 2 + 0.9 * 0.125 - 0.25, 2.875}, within(1e-12));
  }
}
