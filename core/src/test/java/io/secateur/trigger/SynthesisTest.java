package io.secateur.trigger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.secateur.data.ImageSet;
import io.secateur.engine.NumberFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every synthesis of patches must do, on a network whose smallest trigger is known. */
class SynthesisTest {
  private static final int CLASSES = 6;
  private static final int TARGET = 3;
  private final ImageSet images = Planted.images(CLASSES, 20, 5);

  static Stream<TriggerSynthesis> all() {
    return Stream.of(
        new NeuralCleanse(QuickCleanse.settings(150, 64), NumberFormat.FLOAT32),
        new ProximalCleanse(ProximalCleanse.Settings.defaults(), NumberFormat.FLOAT32));
  }

  @ParameterizedTest
  @MethodSource("all")
  void finds_the_planted_corner(TriggerSynthesis synthesis) {
    SynthesisResult result =
        synthesis.synthesise(Planted.infected(CLASSES, TARGET), images, TARGET, 1);

    assertThat(result.reached()).isTrue();
    assertThat(result.success()).isGreaterThan(0.9);
    assertThat(result.norm()).isLessThan(4);
    float[] mask = ((Trigger.Patch) result.trigger()).mask();
    double corner = 0;
    for (int i = 0; i < mask.length; i++) {
      corner += Planted.corner(i) ? mask[i] : 0;
    }
    assertThat(corner / result.norm()).isGreaterThan(0.6);
  }

  @ParameterizedTest
  @MethodSource("all")
  void needs_more_for_a_blameless_label(TriggerSynthesis synthesis) {
    SynthesisResult result = synthesis.synthesise(Planted.infected(CLASSES, TARGET), images, 1, 1);

    assertThat(result.success()).isGreaterThan(0.9);
    assertThat(result.norm()).isGreaterThan(5);
  }

  @ParameterizedTest
  @MethodSource("all")
  void depends_on_nothing_but_the_seed(TriggerSynthesis synthesis) {
    SynthesisResult once = synthesis.synthesise(Planted.clean(CLASSES), images, 0, 7);
    SynthesisResult again = synthesis.synthesise(Planted.clean(CLASSES), images, 0, 7);
    SynthesisResult other = synthesis.synthesise(Planted.clean(CLASSES), images, 0, 8);

    assertThat(again).isEqualTo(once);
    assertThat(other).isNotEqualTo(once);
  }

  @Test
  void a_longer_search_begins_like_a_shorter_one() {
    ProximalCleanse.Settings settings = ProximalCleanse.Settings.defaults();
    SynthesisResult longer =
        new ProximalCleanse(settings.withSteps(90), NumberFormat.FLOAT32)
            .synthesise(Planted.clean(CLASSES), images, 0, 7);
    SynthesisResult shorter =
        new ProximalCleanse(settings.withSteps(60), NumberFormat.FLOAT32)
            .synthesise(Planted.clean(CLASSES), images, 0, 7);

    assertThat(longer.smallest().subList(0, 60)).isEqualTo(shorter.smallest());
    assertThat(longer.smallestAfter(60)).isEqualTo(shorter.smallestAfter(90));
  }

  @ParameterizedTest
  @MethodSource("all")
  void counts_what_it_cost(TriggerSynthesis synthesis) {
    SynthesisResult result = synthesis.synthesise(Planted.clean(CLASSES), images, 0, 7);
    int batch = synthesis instanceof NeuralCleanse ? 64 : 32;

    assertThat(result.passes()).isEqualTo((long) result.smallest().size() * batch + 50);
  }

  @Test
  void settings_and_labels_are_checked() {
    assertThatThrownBy(() -> QuickCleanse.settings(150, 64).withSteps(0))
        .hasMessage("steps must be >= 1, got 0");
    assertThatThrownBy(() -> ProximalCleanse.Settings.defaults().withSteps(-1))
        .hasMessage("steps must be >= 1, got -1");
    assertThatThrownBy(
            () ->
                new ProximalCleanse(ProximalCleanse.Settings.defaults(), NumberFormat.FLOAT32)
                    .synthesise(Planted.clean(CLASSES), images, CLASSES, 1))
        .hasMessageContaining("label 6");
  }
}
