package io.secateur.trigger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.secateur.agent.PlantedChannel;
import io.secateur.run.Checkpoints;
import io.secateur.run.Progress;
import io.secateur.run.RunContext;
import io.secateur.run.SeedTree;
import io.secateur.train.Precision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class FamilyHuntTest {
  private static final double[] ALIKE = {30, 31, 32, 33, 34, 35, 36, 37, 38, 39};
  private static final double[] OUTLIER = {30, 31, 2, 33, 34, 35, 36, 37, 38, 39};

  private final List<String> computed = new ArrayList<>();

  @Test
  void the_first_family_that_accuses_stands_for_the_backdoor() {
    HuntResult result = hunt(family("patch", ALIKE), family("warp", OUTLIER), family("x", ALIKE));

    assertThat(result.verdict()).isEqualTo(Verdict.BACKDOORED);
    assertThat(result.family()).isEqualTo("warp");
    assertThat(result.accused()).containsExactly(2);
    assertThat(result.passes()).isEqualTo(10 + 10 + 2);
    assertThat(computed).contains("hunt-screening-0", "hunt-warp-screening-0");
    assertThat(computed).noneMatch(key -> key.contains("-x-"));
  }

  @Test
  void a_family_of_what_a_network_does_not_have_is_left_out() {
    TriggerFamily warps = family("warp", OUTLIER);
    TriggerFamily unfit =
        new TriggerFamily(
            "shift", warps.hunt(), warps.smallest(), warps.strongest(), network -> false);

    assertThat(hunt(family("patch", ALIKE), unfit).verdict()).isEqualTo(Verdict.CLEAN);
    assertThat(computed).noneMatch(key -> key.contains("shift"));
    assertThatThrownBy(() -> hunt(unfit)).hasMessageContaining("has nothing that the hunted");
  }

  @Test
  void where_no_family_accuses_one_in_doubt_decides() {
    HuntResult result = hunt(family("patch", ALIKE), family("warp", unreached()));

    assertThat(result.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(result.family()).isEqualTo("warp");
  }

  @Test
  void a_network_is_cleared_only_by_every_family() {
    HuntResult result = hunt(family("patch", ALIKE), family("warp", ALIKE));

    assertThat(result.verdict()).isEqualTo(Verdict.CLEAN);
    assertThat(result.family()).isEqualTo("patch");
    assertThat(result.passes()).isEqualTo(20);
  }

  @Test
  void within_a_largest_size_labels_that_nothing_forces_are_no_doubt() {
    TriggerFamily warps =
        family("warp", unreached(), TriggerHunt.Settings.defaults().withinLargestSize());

    assertThat(hunt(family("patch", ALIKE), warps).verdict()).isEqualTo(Verdict.CLEAN);
  }

  @Test
  void a_label_that_the_network_falls_back_on_is_accused_without_a_trigger() {
    HuntResult cleared = hunt(family("patch", ALIKE));

    HuntResult accused = cleared.judgedBy(answers(2, 2, 30, 4, 2, 0, 0, 0, 0, 0));

    assertThat(accused.verdict()).isEqualTo(Verdict.BACKDOORED);
    assertThat(accused.accused()).containsExactly(2);
    assertThat(accused.byFallback()).isTrue();
    assertThat(accused.reason()).contains("75 % of its 40 new mistakes to label 2");
    assertThat(accused.passes()).isEqualTo(cleared.passes() + 3 * 100 + 4 * 50);
  }

  @Test
  void a_label_that_gets_more_mistakes_than_on_clean_networks_is_doubtful() {
    HuntResult doubtful =
        hunt(family("patch", ALIKE)).judgedBy(answers(4, 4, 24, 4, 2, 2, 0, 0, 0, 0));

    assertThat(doubtful.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(doubtful.doubtful()).containsExactly(2);
    assertThat(doubtful.byFallback()).isFalse();
  }

  @Test
  void mistakes_that_spread_or_are_few_change_nothing() {
    HuntResult cleared = hunt(family("patch", ALIKE));

    for (UnlearningProbe.Answers answers :
        List.of(
            answers(4, 4, 9, 4, 5, 6, 4, 4, 0, 0),
            answers(0, 0, 19, 0, 0, 0, 0, 0, 0, 0),
            answers(0, 40, 0))) {
      HuntResult same = cleared.judgedBy(answers);
      assertThat(same.verdict()).isEqualTo(Verdict.CLEAN);
      assertThat(same.reason()).isEqualTo(cleared.reason());
      assertThat(same.fallback()).contains(answers);
    }
  }

  @Test
  void a_trigger_that_accuses_is_the_better_witness() {
    HuntResult accused = hunt(family("patch", OUTLIER));

    HuntResult same = accused.judgedBy(answers(0, 0, 0, 0, 40, 0, 0, 0, 0, 0));

    assertThat(same).isSameAs(accused);
    assertThat(same.byFallback()).isFalse();
  }

  private static UnlearningProbe.Answers answers(Integer... mistakes) {
    return new UnlearningProbe.Answers(100, 90, List.of(mistakes), 3);
  }

  @Test
  void families_are_known_by_name() {
    FamilyHunt usual = FamilyHunt.standard();

    assertThat(usual.family("warp")).isSameAs(usual.families().get(1));
    assertThat(usual.families().stream().map(TriggerFamily::name))
        .containsExactly("patch", "warp", "shift");
    assertThat(usual.family("shift").fits().test(Planted.clean(10))).isFalse();
    assertThat(usual.family("shift").fits().test(PlantedChannel.infected())).isTrue();
    assertThatThrownBy(() -> usual.family("smell")).hasMessageContaining("smell");
    assertThatThrownBy(() -> new FamilyHunt(List.of())).hasMessageContaining("needs a family");
  }

  private static double[] unreached() {
    double[] norms = new double[10];
    Arrays.fill(norms, Double.NaN);
    norms[0] = 3;
    return norms;
  }

  private HuntResult hunt(TriggerFamily... families) {
    Checkpoints noting =
        new Checkpoints() {
          @Override
          public <T> T once(String key, Class<T> type, Supplier<T> compute) {
            computed.add(key);
            return compute.get();
          }

          @Override
          public double[] measured(String log, Supplier<double[]> measure) {
            return measure.get();
          }
        };
    return new FamilyHunt(List.of(families))
        .run(
            "hunt",
            Planted.clean(10),
            Planted.images(10, 2, 5),
            new RunContext(new SeedTree(1), Progress.SILENT, noting));
  }

  private static TriggerFamily family(String name, double[] norms) {
    return family(name, norms, TriggerHunt.Settings.defaults());
  }

  /** A family whose smallest triggers have these norms; NaN for labels that nothing forces. */
  private static TriggerFamily family(String name, double[] norms, TriggerHunt.Settings settings) {
    Trigger trigger = new Trigger.Patch(new float[1], new float[3], 1, 1);
    TriggerSynthesis smallest =
        (network, images, label, seed) -> {
          boolean reached = !Double.isNaN(norms[label]);
          double norm = reached ? norms[label] : 3;
          return new SynthesisResult(
              label, trigger, norm, reached ? 0.95 : 0.1, reached, List.of(norm), 1);
        };
    return new TriggerFamily(
        name,
        new TriggerHunt(settings, steps -> smallest),
        smallest,
        size -> new BudgetedPatch(size, 1, 1, Precision.FLOAT32));
  }
}
