package io.secateur.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.secateur.agent.AgentSearch;
import io.secateur.agent.SequentialSearch;
import io.secateur.data.Augmentation;
import io.secateur.defence.AdversarialNeuronPruning;
import io.secateur.defence.ChannelLipschitzness;
import io.secateur.defence.Cut;
import io.secateur.defence.FinePruning;
import io.secateur.defence.FineTuning;
import io.secateur.defence.FtSam;
import io.secateur.defence.IBau;
import io.secateur.defence.Nad;
import io.secateur.defence.Policy;
import io.secateur.defence.ReconstructiveNeuronPruning;
import io.secateur.defence.Sau;
import io.secateur.defence.TriggerPruning;
import io.secateur.defence.TriggerSources;
import io.secateur.defence.TriggerUnlearning;
import io.secateur.graph.ConnectionGraph;
import io.secateur.prune.UnitKind;
import io.secateur.train.Precision;
import io.secateur.trigger.ChannelStimulation;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MethodSettingsTest {
  @Test
  void nothing_set_is_the_default_of_every_part() {
    MethodSettings settings = new MethodSettings(Map.of(), false, false);

    assertThat(settings.pruning()).isEqualTo(TriggerPruning.Settings.DEFAULT);
    assertThat(settings.agent()).isEqualTo(AgentSearch.DEFAULT);
    assertThat(settings.sources().strength()).isEqualTo(TriggerSources.STRENGTH);
    assertThat(settings.ft()).isEqualTo(FineTuning.Settings.DEFAULT);
    assertThat(settings.fp()).isEqualTo(FinePruning.Settings.DEFAULT);
    assertThat(settings.anp()).isEqualTo(AdversarialNeuronPruning.Settings.DEFAULT);
    assertThat(settings.clp()).isEqualTo(ChannelLipschitzness.Settings.DEFAULT);
    assertThat(settings.rnp()).isEqualTo(ReconstructiveNeuronPruning.Settings.DEFAULT);
    assertThat(settings.nad()).isEqualTo(Nad.Settings.DEFAULT);
    assertThat(settings.ftSam()).isEqualTo(FtSam.Settings.DEFAULT);
    assertThat(settings.iBau()).isEqualTo(IBau.Settings.DEFAULT);
    assertThat(settings.sau()).isEqualTo(Sau.Settings.DEFAULT);
    assertThat(settings.nc()).isEqualTo(TriggerUnlearning.Settings.DEFAULT);
  }

  @Test
  void the_published_reading_prunes_the_stream_of_two_stages_step_by_step_for_the_plain_reward() {
    MethodSettings settings = new MethodSettings(Map.of(), true, false);

    TriggerPruning.Settings pruning = settings.pruning();
    assertThat(pruning.units()).isEqualTo(UnitKind.FILTER);
    assertThat(pruning.stages()).isEqualTo(2);
    assertThat(pruning.rounds()).isEqualTo(1);
    assertThat(pruning.reward().hardShare()).isEqualTo(1);
    assertThat(pruning.reward().lossWeight()).isZero();
    assertThat(settings.agent()).isEqualTo(SequentialSearch.DEFAULT);
    assertThat(settings.sources().strength()).isZero();
  }

  @Test
  void scope_unit_action_reward_and_graph_can_be_set() {
    MethodSettings settings =
        new MethodSettings(
            Map.of(
                "units", "inner",
                "stages", "3",
                "action", "steps",
                "lambda", "7",
                "graph", "bipartite",
                "edge-share", "0.1",
                "drop-dormant", "false"),
            false,
            false);

    assertThat(settings.pruning().units()).isEqualTo(UnitKind.INNER);
    assertThat(settings.pruning().stages()).isEqualTo(3);
    assertThat(settings.pruning().reward().lambda()).isEqualTo(7);
    SequentialSearch agent = (SequentialSearch) settings.agent();
    assertThat(agent.graph().reading()).isEqualTo(ConnectionGraph.Reading.BIPARTITE);
    assertThat(agent.graph().edgeShare()).isEqualTo(0.1);
    assertThat(agent.dropDormant()).isFalse();
    settings.sources();
    assertThat(settings.used()).containsEntry("action", "steps").containsEntry("lambda", "7.0");
  }

  @Test
  void a_key_of_another_action_is_refused_with_those_there_are() {
    MethodSettings settings = new MethodSettings(Map.of("masks", "12"), true, false);
    settings.pruning();
    settings.agent();
    settings.sources();

    assertThatThrownBy(settings::used)
        .hasMessageContaining("masks")
        .hasMessageContaining("episodes");
  }

  @ParameterizedTest
  @CsvSource({"start-probability, 0.1", "edge-share, 0.1"})
  void a_key_without_effect_is_refused(String key, String value) {
    String needed = key.equals("edge-share") ? "edgeless" : "warm-start";
    Map<String, String> idle = Map.of(key, value, needed, "true");
    Map<String, String> used = Map.of(key, value, needed, "false");

    assertThatThrownBy(() -> all(idle)).hasMessageContaining(key + ": no such setting");
    assertThat(all(used)).containsEntry(key, value);
  }

  private static Map<String, String> all(Map<String, String> set) {
    MethodSettings settings = new MethodSettings(set, false, false);
    settings.pruning();
    settings.agent();
    settings.sources();
    return settings.used();
  }

  @Test
  void every_published_pruner_has_its_keys() {
    MethodSettings settings =
        new MethodSettings(
            Map.of(
                "fp-fine-tune", "false",
                "fp-threshold", "0.25",
                "anp-iterations", "7",
                "anp-augment", "false",
                "anp-max-drop", "2.5",
                "clp-u", "5",
                "stimulation-voices", "2",
                "rnp-threshold", "0.7",
                "rnp-stop-accuracy", "0.1"),
            false,
            false);

    assertThat(settings.fp().tuning()).isEmpty();
    assertThat(settings.fp().cut()).isEqualTo(new Cut.Fixed(0.25));
    assertThat(settings.anp().iterations()).isEqualTo(7);
    assertThat(settings.anp().augmentation()).isEqualTo(Augmentation.NONE);
    assertThat(settings.anp().cut()).isEqualTo(new Cut.HoldOut(2.5));
    assertThat(settings.clp().u()).isEqualTo(5);
    assertThat(settings.stimulation())
        .isEqualTo(new ChannelStimulation.Settings(80, 6, 2, 0.9, Precision.AUTO));
    assertThat(settings.rnp().cut()).isEqualTo(new Cut.Fixed(0.7));
    assertThat(settings.rnp().stopAccuracy()).isEqualTo(0.1);
    assertThat(settings.used())
        .containsEntry("anp-threshold", "auto")
        .containsEntry("rnp-threshold", "0.7");
  }

  @Test
  void every_setting_of_the_tuning_defences_has_a_key_of_its_own() {
    MethodSettings standard = new MethodSettings(Map.of(), false, false);
    askForAllTuners(standard);
    Map<String, String> others = new TreeMap<>();
    standard
        .used()
        .forEach(
            (key, value) -> {
              if (key.matches("(nad|ft-sam|i-bau|sau|nc)-.*")) {
                others.put(key, value.contains(".") ? String.valueOf(0.4375) : "7");
              }
            });
    others.put("nad-p", "1.5");
    assertThat(others).hasSize(35);

    MethodSettings settings = new MethodSettings(others, false, false);
    askForAllTuners(settings);

    assertThat(settings.used()).containsAllEntriesOf(others);
    assertThat(settings.nad())
        .isEqualTo(new Nad.Settings(7, 7, 0.4375, 7, 1.5, 0.4375, 0.4375, 0.4375));
    assertThat(settings.ftSam()).isEqualTo(new FtSam.Settings(7, 0.4375, 7, 0.4375, 0.4375));
    assertThat(settings.iBau())
        .isEqualTo(new IBau.Settings(7, 0.4375, 7, 7, 0.4375, 0.4375, 0.4375, 0.4375));
    assertThat(settings.nc().share()).isEqualTo(0.4375);
    assertThat(settings.nc().tuning()).isEqualTo(new FineTuning.Settings(7, 0.4375, 7));
    assertThat(settings.sau().steps()).isEqualTo(7);
  }

  private static void askForAllTuners(MethodSettings settings) {
    settings.nad();
    settings.ftSam();
    settings.iBau();
    settings.sau();
    settings.nc();
  }

  @Test
  void a_method_takes_its_own_settings_and_no_others() {
    Method anp = Method.of("anp", Map.of("anp-iterations", "9"), false, false, Policy.DEFAULT);

    assertThat(anp.settings())
        .containsEntry("anp-iterations", "9")
        .containsKeys("hunt", "strength")
        .doesNotContainKeys("units", "nad-rate", "rnp-alpha");
    assertThatThrownBy(
            () -> Method.of("anp", Map.of("nad-rate", "0.1"), false, false, Policy.DEFAULT))
        .isInstanceOf(BadSetting.class)
        .hasMessageStartingWith("set nad-rate: no such setting; expected one of")
        .hasMessageContaining("anp-alpha");
    assertThatThrownBy(() -> Method.of("magic", Map.of(), false, false, Policy.DEFAULT))
        .isInstanceOf(BadSetting.class)
        .hasMessageStartingWith("method is 'magic'; expected onp, greedy");
  }

  @Test
  void a_threshold_that_is_no_number_is_refused() {
    MethodSettings settings = new MethodSettings(Map.of("anp-threshold", "high"), false, false);

    assertThatThrownBy(settings::anp)
        .hasMessageContaining("expected anp-threshold=auto or a number");
  }
}
