package io.secateur.trigger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class AnomalyIndexTest {

  /** Median 30, deviations 25, 10, 0, 4, 10, median deviation 10: (30 - 5) / 14.826. */
  @Test
  void of_an_odd_count() {
    AnomalyIndex index = new AnomalyIndex(5, 20, 30, 34, 40);

    assertThat(index.of(5)).isCloseTo(25 / 14.826, within(1e-9));
    assertThat(index.of(40)).isCloseTo(-10 / 14.826, within(1e-9));
    assertThat(index.of(30)).isZero();
  }

  /** Median 25, deviations 19, 5, 5, 11, median deviation 8. */
  @Test
  void of_an_even_count() {
    assertThat(new AnomalyIndex(6, 20, 30, 36).of(6)).isCloseTo(19 / (1.4826 * 8), within(1e-9));
  }

  /** Median and median deviation 9 and 0; mean deviation 7 / 5 takes over. */
  @Test
  void where_most_numbers_are_equal_the_mean_deviation_takes_over() {
    AnomalyIndex index = new AnomalyIndex(9, 9, 9, 9, 2);

    assertThat(index.of(2)).isCloseTo(7 / (1.2533 * 1.4), within(1e-9));
    assertThat(index.of(9)).isZero();
  }

  @Test
  void where_all_numbers_are_equal_nothing_is_abnormal() {
    assertThat(new AnomalyIndex(9, 9, 9).of(9)).isZero();
    assertThat(new AnomalyIndex(4).of(4)).isZero();
  }

  @Test
  void there_must_be_numbers() {
    assertThatThrownBy(AnomalyIndex::new).hasMessageContaining("needs numbers");
  }
}
