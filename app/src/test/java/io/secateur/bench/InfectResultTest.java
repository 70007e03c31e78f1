package io.secateur.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InfectResultTest {
  @Test
  void epochs_that_were_interrupted_do_not_tell_the_speed() {
    List<InfectResult.Epoch> epochs =
        List.of(epoch(1, 60, false), epoch(2, 3, true), epoch(3, 58, false), epoch(4, 61, false));

    assertThat(InfectResult.medianSeconds(epochs)).isEqualTo(60);
    assertThat(InfectResult.medianSeconds(List.of(epoch(1, 3, true)))).isEqualTo(3);
  }

  private static InfectResult.Epoch epoch(int number, double seconds, boolean resumed) {
    return new InfectResult.Epoch(
        number,
        1,
        Optional.empty(),
        Optional.empty(),
        seconds,
        resumed ? Optional.of(true) : Optional.empty());
  }
}
