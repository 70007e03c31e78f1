package io.secateur.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.secateur.attack.Attack;
import io.secateur.attack.Attacks;
import io.secateur.attack.BadNets;
import io.secateur.attack.Blended;
import io.secateur.attack.CleanLabel;
import io.secateur.attack.DirtyLabel;
import io.secateur.attack.InputAware;
import io.secateur.attack.ProjectedGradient;
import io.secateur.attack.Sig;
import io.secateur.attack.Trojan;
import io.secateur.attack.TrojanNN;
import io.secateur.attack.WaNet;
import io.secateur.metric.Add;
import io.secateur.metric.Target;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Network;
import io.secateur.nn.Preprocessing;
import io.secateur.nn.StockArchitectures;
import io.secateur.run.SeedTree;
import io.secateur.train.Initialisation;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AttackSettingsTest {
  private static final Network CLEAN =
      Initialisation.of(
          StockArchitectures.build(
              "smallvgg-w4", new StockArchitectures.Options(new FeatureShape(3, 8, 8), 10)),
          Preprocessing.UNIT,
          new SeedTree(1));

  private static Attack attack(String name, Map<String, String> given) {
    return new AttackSettings(given).attack(name, Optional.of(CLEAN));
  }

  @Test
  void nothing_set_is_the_literature() {
    for (String name : Attacks.names()) {
      assertThat(attack(name, Map.of())).isEqualTo(Attacks.named(name, Optional.of(CLEAN)));
    }
  }

  @Test
  void every_key_reaches_its_setting() {
    DirtyLabel three = new DirtyLabel(new Target.One(3), 0.05, false);
    assertThat(
            attack(
                "badnets",
                Map.of("pattern", "square", "target", "3", "rate", "0.05", "any-class", "false")))
        .isEqualTo(new BadNets(BadNets.Pattern.SQUARE, three));
    assertThat(attack("trojan", Map.of("overflow", "wrap", "all-to-all", "true")))
        .isEqualTo(new Trojan(Add.Overflow.WRAP, new DirtyLabel(new Target.Next(), 0.1, true)));
    assertThat(attack("blend", Map.of("picture", "rings", "alpha", "0.1")))
        .isEqualTo(new Blended(Blended.Picture.RINGS, 0.1, DirtyLabel.DEFAULT));
    assertThat(
            attack(
                "wanet",
                Map.of(
                    "target",
                    "2",
                    "rate",
                    "0.2",
                    "noise-ratio",
                    "1",
                    "grid",
                    "8",
                    "strength",
                    "0.75")))
        .isEqualTo(new WaNet(new Target.One(2), 0.2, 1, 8, 0.75));
    assertThat(
            attack(
                "dynamic",
                Map.of(
                    "rate",
                    "0.2",
                    "cross-rate",
                    "0.05",
                    "density",
                    "0.1",
                    "lambda-norm",
                    "10",
                    "lambda-diversity",
                    "2",
                    "mask-epochs",
                    "3",
                    "learning-rate",
                    "0.001",
                    "all-to-all",
                    "true")))
        .isEqualTo(new InputAware(new Target.Next(), 0.2, 0.05, 0.1, 10, 2, 3, 0.001));
    assertThat(attack("sig", Map.of("target", "2", "share", "1", "delta", "20", "frequency", "4")))
        .isEqualTo(new Sig(2, 1, 20, 4));
    assertThat(
            attack(
                "clean-label",
                Map.of(
                    "target", "1", "share", "0.5", "radius", "51", "step", "25.5", "steps", "7")))
        .isEqualTo(
            new CleanLabel(
                CLEAN, new CleanLabel.Settings(1, 0.5, new ProjectedGradient(0.2, 0.1, 7))));
    assertThat(attack("trojan-nn", Map.of("features", "3", "value", "10", "overflow", "wrap")))
        .isEqualTo(
            new TrojanNN(
                CLEAN,
                new TrojanNN.Settings(
                    3, 10, TrojanNN.Settings.DEFAULT.descent(), Add.Overflow.WRAP),
                DirtyLabel.DEFAULT));
  }

  @Test
  void the_record_holds_what_was_not_set_too() {
    AttackSettings settings = new AttackSettings(Map.of("rate", "0.05"));
    settings.attack("badnets", Optional.empty());

    assertThat(settings.used())
        .containsEntry("rate", "0.05")
        .containsEntry("target", "0")
        .containsEntry("pattern", "checkerboard")
        .containsEntry("all-to-all", "false");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "badnest|rate|0.1|attack is 'badnest'; expected none, badnets,",
        "badnets|alpha|0.1|set alpha: no such setting; expected one of pattern, target,",
        "none|rate|0.1|set rate: no such setting",
        "badnets|rate|2|set: rate must be in (0, 1], got 2.0",
        "badnets|target|-1|set: target -1 is no label",
        "badnets|pattern|dots|expected pattern=checkerboard or square or bullseye",
        "sig|delta|200|set: delta must be in (0, 127], got 200.0",
        "wanet|rate|0.5|set: rate must be positive",
        "blend|alpha|x|set alpha=x: expected alpha=a number",
        "dynamic|rate|0.9|set: rate and cross-rate must be positive",
        "dynamic|learning-rate|0|set: learning-rate must be in (0, 10], got 0.0",
        "dynamic|mask-epochs|0|set: mask-epochs must be at least 1, got 0",
        "clean-label|steps|0|set: steps must be at least 1",
      })
  void what_is_not_accepted_is_refused_in_one_line(
      String name, String key, String value, String message) {
    assertThatThrownBy(() -> attack(name, Map.of(key, value)))
        .isInstanceOf(BadSetting.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n");
  }

  @Test
  void an_attack_that_needs_a_clean_network_says_so() {
    assertThatThrownBy(() -> new AttackSettings(Map.of()).attack("trojan-nn", Optional.empty()))
        .isInstanceOf(BadSetting.class)
        .hasMessage(
            "attack 'trojan-nn': expected a network trained on clean images to make it with");
  }
}
