package io.secateur.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProportionTest {
  @Test
  void a_difference_of_whole_images_is_not_more_than_itself() {
    assertThat(96.9 - 96.6).as("as computed").isGreaterThan(0.3);
    assertThat(Proportion.points(96.9, 96.6)).isEqualTo(0.3);
    assertThat(Proportion.points(90, 91)).isEqualTo(-1);
  }

  /** Wilson bounds written out: (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n). */
  @ParameterizedTest
  @CsvSource({"0,10", "10,10", "1,2", "8480,10000", "9000,9000", "3,500"})
  void bounds_follow_the_formula(int successes, int n) {
    double z = 1.959963984540054;
    double p = (double) successes / n;
    double centre = p + z * z / (2 * n);
    double half = z * Math.sqrt(p * (1 - p) / n + z * z / (4.0 * n * n));
    double scale = 1 + z * z / n;

    Proportion proportion = Proportion.of(successes, n);

    assertThat(proportion.value()).isCloseTo(100 * p, within(1e-9));
    assertThat(proportion.low()).isCloseTo(100 * (centre - half) / scale, within(1e-6));
    assertThat(proportion.high()).isCloseTo(100 * (centre + half) / scale, within(1e-6));
  }

  @Test
  void nothing_looked_at_has_no_share() {
    assertThatThrownBy(() -> Proportion.of(0, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Proportion.of(3, 2)).hasMessage("3 of 2 is no share");
  }

  @Test
  void it_prints_with_its_interval() {
    assertThat(Proportion.of(8480, 10000)).hasToString("84.80 % (84.08–85.49, n = 10000)");
  }
}
