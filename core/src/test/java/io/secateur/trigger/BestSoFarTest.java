package io.secateur.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BestSoFarTest {
  private final BestSoFar best = new BestSoFar(10);

  @Test
  void the_most_successful_is_best_until_one_passes_and_then_the_smallest_that_does() {
    assertThat(best.improvedBy(false, 5, 0.2)).isTrue();
    assertThat(best.improvedBy(false, 3, 0.1)).isFalse();
    assertThat(best.improvedBy(false, 7, 0.9)).isTrue();
    assertThat(best.found()).isFalse();
    assertThat(best.improvedBy(true, 12, 0.95)).isTrue();
    assertThat(best.found()).isTrue();
    assertThat(best.improvedBy(false, 1, 0.99)).isFalse();
    assertThat(best.improvedBy(true, 4, 0.96)).isTrue();
    assertThat(best.improvedBy(true, 4, 1)).isFalse();

    assertThat(best.size()).isEqualTo(4);
    assertThat(best.smallest()).containsExactly(10.0, 10.0, 10.0, 10.0, 10.0, 4.0, 4.0);
  }

  @Test
  void a_size_that_is_no_number_is_never_the_smallest() {
    assertThat(best.improvedBy(true, Double.NaN, 1)).isFalse();
    assertThat(best.found()).isFalse();
  }
}
