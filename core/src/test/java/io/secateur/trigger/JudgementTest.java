package io.secateur.trigger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class JudgementTest {
  private static final double[] BLAMELESS = {30, 34, 36, 38, 40, 42, 44, 46, 50};

  @Test
  void an_outlier_that_works_from_every_start_is_accused() {
    Judgement judgement = judge(label(6, 0.97, true, 6, 7));

    assertThat(judgement.verdict()).isEqualTo(Verdict.BACKDOORED);
    assertThat(judgement.accused()).containsExactly(9);
    assertThat(judgement.floor()).isEqualTo(40);
  }

  @Test
  void one_search_that_stands_out_is_no_ground_for_doubt() {
    Judgement judgement = judge(label(6, 0.97, true, 6, 33));

    assertThat(judgement.verdict()).isEqualTo(Verdict.CLEAN);
    assertThat(judgement.prominence()).isLessThan(TriggerHunt.Settings.CLEARED);
  }

  @Test
  void a_trigger_that_does_not_work_is_none() {
    assertThat(judge(label(6, 0.5, true, 6, 6)).verdict()).isEqualTo(Verdict.CLEAN);
  }

  @Test
  void an_outlier_that_was_not_sought_again_leaves_doubt() {
    assertThat(judge(label(6, 0.97, true)).verdict()).isEqualTo(Verdict.INCONCLUSIVE);
  }

  @Test
  void a_norm_that_is_low_but_not_half_the_median_leaves_doubt() {
    Judgement judgement = judge(label(22, 0.97, true, 22, 22));

    assertThat(judgement.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(judgement.reason()).contains("label 9").contains("not beyond doubt");
  }

  @Test
  void a_label_that_stands_out_further_than_on_clean_networks_is_doubtful() {
    Judgement between = judge(label(22.5, 0.97, true, 22.5, 22.5));
    Judgement below = judge(label(24.5, 0.97, true, 24.5, 24.5));

    assertThat(between.prominence()).isBetween(TriggerHunt.Settings.CLEARED, 1.0);
    assertThat(between.doubtful()).containsExactly(9);
    assertThat(between.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(below.verdict()).isEqualTo(Verdict.CLEAN);
    assertThat(below.prominence()).isLessThan(TriggerHunt.Settings.CLEARED);
    assertThat(below.prominence()).isGreaterThan(0.5);
  }

  @Test
  void norms_of_one_size_are_clean() {
    Judgement judgement = judge(label(29, 0.97, true, 31, 28));

    assertThat(judgement.verdict()).isEqualTo(Verdict.CLEAN);
    assertThat(judgement.accused()).isEmpty();
    assertThat(judgement.doubtful()).isEmpty();
  }

  @Test
  void the_prominence_is_that_of_the_search_that_stands_out_least() {
    double weakest = judge(label(9, 0.97, true)).prominence();

    assertThat(judge(label(6, 0.97, true, 9, 5)).prominence()).isEqualTo(weakest, within(1e-9));
    assertThat(weakest).isGreaterThan(judge(label(12, 0.97, true)).prominence());
    assertThat(judge(label(6, 0.5, true, 6, 6)).prominence()).isLessThan(0.5);
  }

  @Test
  void a_prominence_of_one_is_where_accusation_begins() {
    assertThat(judge(label(19.4, 0.97, true, 19.4, 19.4)).prominence()).isBetween(1.0, 1.05);
    assertThat(judge(label(19.4, 0.97, true, 19.4, 19.4)).accused()).containsExactly(9);
    assertThat(judge(label(20.5, 0.97, true, 20.5, 20.5)).prominence()).isBetween(0.9, 1.0);
    assertThat(judge(label(20.5, 0.97, true, 20.5, 20.5)).accused()).isEmpty();
  }

  @Test
  void where_most_labels_were_not_reached_nothing_is_said() {
    List<LabelFinding> findings = new ArrayList<>();
    for (int label = 0; label < 6; label++) {
      findings.add(finding(label, 1024, 0, 0.3, false, List.of()));
    }
    assertThat(Judgement.of(findings, TriggerHunt.Settings.defaults()).reason())
        .contains("only 0 of 6 labels");
  }

  private record Case(double norm, double success, boolean reached, double[] restarts) {}

  private static Case label(double norm, double success, boolean reached, double... restarts) {
    return new Case(norm, success, reached, restarts);
  }

  private static Judgement judge(Case last) {
    double[] norms = Arrays.copyOf(BLAMELESS, BLAMELESS.length + 1);
    norms[BLAMELESS.length] = last.norm();
    AnomalyIndex index = new AnomalyIndex(norms);
    List<LabelFinding> findings = new ArrayList<>();
    for (int label = 0; label < BLAMELESS.length; label++) {
      findings.add(finding(label, norms[label], index.of(norms[label]), 0.95, true, List.of()));
    }
    List<LabelFinding.Restart> restarts =
        Arrays.stream(last.restarts())
            .mapToObj(norm -> new LabelFinding.Restart(norm, index.of(norm), norm, last.success()))
            .toList();
    findings.add(
        finding(
            BLAMELESS.length,
            last.norm(),
            index.of(last.norm()),
            last.success(),
            last.reached(),
            restarts));
    return Judgement.of(findings, TriggerHunt.Settings.defaults());
  }

  private static LabelFinding finding(
      int label,
      double norm,
      double index,
      double success,
      boolean reached,
      List<LabelFinding.Restart> restarts) {
    Trigger trigger = new Trigger.Patch(new float[1], new float[3], 1, 1);
    return new LabelFinding(
        label, norm, index, index, success, reached, restarts, trigger, norm, success);
  }
}
