package io.secateur.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.secateur.report.Calibration.Tried;
import java.util.List;
import org.junit.jupiter.api.Test;

class CalibrationTest {
  private static final Calibration.Trial TRIAL =
      new Calibration.Trial(
          List.of(
              new Tried("a", "none", 0.2, false),
              new Tried("b", "none", 0.4, false),
              new Tried("c", "none", 1.2, true),
              new Tried("d", "badnets", 0.1, false),
              new Tried("e", "wanet", 3, true)));

  @Test
  void the_p_value_counts_clean_networks_that_stand_out_as_far() {
    assertThat(TRIAL.of(0.3).pValue()).isEqualTo(3.0 / 4, within(1e-12));
    assertThat(TRIAL.of(1.2).pValue()).isEqualTo(2.0 / 4, within(1e-12));
    assertThat(TRIAL.of(5).pValue()).isEqualTo(1.0 / 4, within(1e-12));
    assertThat(TRIAL.of(0).pValue()).isEqualTo(1);
  }

  @Test
  void rates_are_those_of_each_kind() {
    assertThat(TRIAL.of(1).falseAlarms().successes()).isEqualTo(1);
    assertThat(TRIAL.of(1).falseAlarms().n()).isEqualTo(3);
    assertThat(TRIAL.of(1).detections().successes()).isEqualTo(1);
    assertThat(TRIAL.of(1).detections().n()).isEqualTo(2);
  }

  @Test
  void the_sentence_tells_both_rates() {
    assertThat(TRIAL.of(0.3).sentence())
        .contains("1 of 3 clean ones")
        .contains("1 of 2 infected ones")
        .contains("2 clean ones stand out as far as this one (p = 0.75)");
    assertThat(TRIAL.of(5).sentence())
        .contains("no clean one stands out as far as this one (p = 0.25)");
  }
}
