package io.secateur.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.secateur.report.Calibration.Tried;
import io.secateur.trigger.HuntResult;
import io.secateur.trigger.UnlearningProbe;
import io.secateur.trigger.Verdict;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CalibrationTest {
  private static final Calibration.Trial TRIAL =
      new Calibration.Trial(
          List.of(
              new Tried("a", "none", 0.2, 0.5, false),
              new Tried("b", "none", 0.4, 0.1, false),
              new Tried("c", "none", 1.2, 0.2, true),
              new Tried("d", "badnets", 0.1, 0.6, false),
              new Tried("e", "wanet", 3, 0.9, true)));

  @Test
  void the_p_value_counts_clean_networks_whose_triggers_stand_out_as_far() {
    assertThat(pValue(0.3)).isEqualTo(3.0 / 4, within(1e-12));
    assertThat(pValue(1.2)).isEqualTo(2.0 / 4, within(1e-12));
    assertThat(pValue(5)).isEqualTo(1.0 / 4, within(1e-12));
    assertThat(pValue(0)).isEqualTo(1);
  }

  @Test
  void where_both_were_looked_at_the_lesser_counts_twice() {
    assertThat(pValue(0.3, 5, 5)).isEqualTo(1);
    assertThat(pValue(0.3, 9, 1)).isEqualTo(2 * 1.0 / 4, within(1e-12));
    assertThat(pValue(5, 1, 1)).isEqualTo(2 * 1.0 / 4, within(1e-12));
  }

  @Test
  void rates_are_those_of_each_kind() {
    Calibration calibration = TRIAL.of(hunt(1, Optional.empty()));

    assertThat(calibration.falseAlarms().successes()).isEqualTo(1);
    assertThat(calibration.falseAlarms().n()).isEqualTo(3);
    assertThat(calibration.detections().successes()).isEqualTo(1);
    assertThat(calibration.detections().n()).isEqualTo(2);
  }

  @Test
  void the_sentence_tells_both_rates() {
    assertThat(TRIAL.of(hunt(0.3, Optional.empty())).sentence())
        .contains("1 of 3 clean ones")
        .contains("1 of 2 infected ones")
        .contains("stands out as far has p = 0.75");
  }

  private static double pValue(double prominence) {
    return TRIAL.of(hunt(prominence, Optional.empty())).pValue();
  }

  private static double pValue(double prominence, int... mistakes) {
    List<Integer> counted = Arrays.stream(mistakes).boxed().toList();
    return TRIAL
        .of(hunt(prominence, Optional.of(new UnlearningProbe.Answers(20, 20, counted, 1))))
        .pValue();
  }

  private static HuntResult hunt(double prominence, Optional<UnlearningProbe.Answers> fallback) {
    return new HuntResult(
        "patch",
        Verdict.CLEAN,
        "for a test",
        List.of(),
        List.of(),
        List.of(),
        1,
        prominence,
        fallback,
        0);
  }
}
