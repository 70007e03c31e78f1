package io.secateur.trigger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.secateur.engine.NumberFormat;
import io.secateur.run.Checkpoints;
import io.secateur.run.Progress;
import io.secateur.run.RunContext;
import io.secateur.run.SeedTree;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class TriggerHuntTest {
  private final TriggerHunt hunt = TriggerHunt.standard(NumberFormat.FLOAT32);

  @Test
  void accuses_the_planted_label() {
    HuntResult result =
        hunt.run("hunt", Planted.infected(6, 3), Planted.images(6, 20, 5), RunContext.quiet(1));

    assertThat(result.verdict()).as(result.reason()).isEqualTo(Verdict.BACKDOORED);
    assertThat(result.accused()).containsExactly(3);
    assertThat(result.findings().get(3).restarts()).hasSize(2);
    assertThat(result.findings().get(3).triggerNorm()).isLessThan(result.floor() / 2);
    double smallest =
        result.findings().stream().mapToDouble(LabelFinding::norm).min().orElseThrow();
    assertThat(result.findings().get(3).norm()).isEqualTo(smallest);
  }

  @Test
  void accuses_nobody_in_a_clean_network() {
    HuntResult result =
        hunt.run("hunt", Planted.clean(6), Planted.images(6, 20, 5), RunContext.quiet(1));

    assertThat(result.verdict()).as(result.reason()).isEqualTo(Verdict.CLEAN);
    assertThat(result.accused()).isEmpty();
  }

  @Test
  void two_classes_are_too_few_to_judge() {
    HuntResult result =
        hunt.run("hunt", Planted.infected(2, 1), Planted.images(2, 20, 5), RunContext.quiet(1));

    assertThat(result.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(result.reason()).contains("2 labels are too few");
    assertThat(result.doubtful()).containsExactly(1);
  }

  @Test
  void survives_json_and_is_taken_up_from_checkpoints() {
    JsonMapper json = new JsonMapper();
    Map<String, String> stored = new HashMap<>();
    List<String> said = new ArrayList<>();
    RunContext context = new RunContext(new SeedTree(4), listing(said), storing(stored, json));

    HuntResult first = hunt.run("hunt", Planted.infected(6, 3), Planted.images(6, 20, 5), context);
    int computed = stored.size();
    HuntResult second = hunt.run("hunt", Planted.infected(6, 3), Planted.images(6, 20, 5), context);

    assertThat(stored).hasSize(computed).containsKeys("hunt-screening-0", "hunt-restart-1-3");
    assertThat(second).isEqualTo(first);
    assertThat(json.readValue(json.writeValueAsString(first), HuntResult.class)).isEqualTo(first);
    assertThat(first.passes()).isGreaterThan(6 * 100 * 32);
    assertThat(said).contains("begin hunt: screening 6", "event trigger-hunt");
    assertThat(said).anyMatch(line -> line.startsWith("advance 6 label 5: norm "));
  }

  /** Median 24.5, median deviation 7: the linear index of 4 is 20.5 / (1.4826 · 7) = 1.98. */
  @Test
  void a_tiny_trigger_stands_out_however_widely_the_other_labels_differ() {
    double[] norms = {16, 4, 20, 28, 30, 39, 26, 36, 23, 16};

    TriggerHunt.Settings usual = TriggerHunt.Settings.defaults();
    HuntResult result =
        new TriggerHunt(usual, steps -> pretending(norms))
            .run("hunt", Planted.clean(10), Planted.images(10, 2, 5), RunContext.quiet(1));

    assertThat(result.findings().get(1).linearIndex()).isLessThan(2);
    assertThat(result.findings().get(1).index()).isGreaterThan(2);
    assertThat(result.accused()).containsExactly(1);
    assertThat(result.passes()).isEqualTo(10 + 2);
  }

  @Test
  void as_published_the_linear_index_alone_decides() {
    double[] norms = {30, 31, 32, 33, 34, 35, 36, 37, 38, 20};

    HuntResult result =
        new TriggerHunt(TriggerHunt.Settings.paper(), steps -> pretending(norms))
            .run("hunt", Planted.clean(10), Planted.images(10, 2, 5), RunContext.quiet(1));

    LabelFinding least = result.findings().get(9);
    assertThat(least.index()).isEqualTo(least.linearIndex()).isGreaterThan(2);
    assertThat(least.restarts()).isEmpty();
    assertThat(result.accused()).containsExactly(9);
  }

  private static TriggerSynthesis pretending(double[] norms) {
    Trigger trigger = new Trigger.Patch(new float[1], new float[3], 1, 1);
    return (network, images, label, seed) ->
        new SynthesisResult(label, trigger, norms[label], 0.95, true, List.of(norms[label]), 1);
  }

  @Test
  void images_must_fit_the_network() {
    assertThatThrownBy(
            () -> hunt.run("hunt", Planted.clean(6), Planted.images(5, 2, 5), RunContext.quiet(1)))
        .hasMessageContaining("shape and classes must agree");
  }

  private static Checkpoints storing(Map<String, String> stored, JsonMapper json) {
    return new Checkpoints() {
      @Override
      public <T> T once(String key, Class<T> type, Supplier<T> compute) {
        assertThat(key).matches("[A-Za-z0-9._-]+");
        stored.computeIfAbsent(key, absent -> json.writeValueAsString(compute.get()));
        return json.readValue(stored.get(key), type);
      }

      @Override
      public double[] measured(String log, Supplier<double[]> measure) {
        return measure.get();
      }
    };
  }

  private static Progress listing(List<String> said) {
    return new Progress() {
      @Override
      public void begin(String stage, long steps) {
        said.add("begin " + stage + " " + steps);
      }

      @Override
      public void advance(long done, String note) {
        said.add("advance " + done + " " + note);
      }

      @Override
      public void end(String summary) {
        said.add("end " + summary);
      }

      @Override
      public void event(String kind, Map<String, ?> values) {
        said.add("event " + kind);
      }
    };
  }
}
