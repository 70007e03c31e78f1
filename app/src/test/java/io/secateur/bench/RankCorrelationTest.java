package io.secateur.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class RankCorrelationTest {
  @Test
  void what_falls_together_has_correlation_one_however_unlike_its_sizes() {
    assertThat(RankCorrelation.of(new double[] {1, 0.9, 0.1}, new double[] {1, 0.3, 0.2}))
        .hasValue(1);
  }

  @Test
  void ties_count_at_their_mean_rank() {
    double[] proxy = {1, 1, 0.5, 0};
    double[] real = {1, 0.8, 0.9, 0};

    // ranks 3.5 3.5 2 1 against 4 2 3 1: Pearson's of these
    assertThat(RankCorrelation.of(proxy, real).getAsDouble())
        .isCloseTo(3 / Math.sqrt(4.5 * 5), Offset.offset(1e-12));
  }

  @Test
  void nothing_is_said_where_one_of_them_never_changes_or_of_two_values() {
    assertThat(RankCorrelation.of(new double[] {1, 1, 1}, new double[] {1, 0.5, 0.2})).isEmpty();
    assertThat(RankCorrelation.of(new double[] {1, 0}, new double[] {1, 0})).isEmpty();
  }
}
