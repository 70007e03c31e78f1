package io.secateur.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.agent.LearningCurve;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SearchSectionTest {
  private static final double[] CURVE = {-1, -0.5};

  @Test
  void what_was_chosen_is_said_with_both_accuracies() {
    SearchSection section = SearchSection.of(List.of(search(false, Optional.of(61.0))));

    assertThat(section.mixed()).isTrue();
    assertThat(section.tradeOffSummary())
        .isEqualTo(
            "Of 2 masks one with 4 units was chosen: attack success 100.0 % → 3.0 %,"
                + " clean accuracy 90.0 % → 88.0 %, on mixed copies 64.0 % → 61.0 %.");
    assertThat(section.points())
        .extracting(SearchSection.Point::mixedAccuracy)
        .containsExactly("64.0 %", "61.0 %");
    assertThat(section.points())
        .as("measured of the masks in question only")
        .extracting(SearchSection.Point::lost)
        .containsExactly("", "0.800");
    assertThat(section.points().get(1).decidingPhi()).isEqualTo("−0.120");
    assertThat(section.searches().get(0).summary()).endsWith("; 4 units pruned");
  }

  @Test
  void what_would_cost_too_much_was_found_and_left() {
    SearchSection section = SearchSection.of(List.of(search(true, Optional.of(61.0))));

    assertThat(section.searches().get(0).summary())
        .endsWith("; 4 units found and left: clean accuracy would fall too far");
    assertThat(section.tradeOffSummary()).contains("one with 4 units was found and left: attack");
  }

  @Test
  void without_mixed_copies_nothing_is_said_of_them() {
    SearchSection earlier = SearchSection.of(List.of(search(false, Optional.empty())));

    assertThat(earlier.mixed()).isFalse();
    assertThat(earlier.tradeOffSummary()).endsWith("clean accuracy 90.0 % → 88.0 %.");
  }

  private static RepairResult.Search search(boolean refused, Optional<Double> mixedAfter) {
    return new RepairResult.Search(
        3,
        new LearningCurve(CURVE, CURVE, CURVE, CURVE),
        List.of(
            new RepairResult.TradeOff(
                0,
                0,
                90,
                mixedAfter.map(after -> after + 3),
                100,
                -1,
                Optional.empty(),
                Optional.empty()),
            new RepairResult.TradeOff(
                1, 4, 88, mixedAfter, 3, -0.1, Optional.of(0.8), Optional.of(-0.12))),
        Optional.of(1),
        4,
        refused);
  }
}
