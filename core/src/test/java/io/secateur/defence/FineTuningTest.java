package io.secateur.defence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.secateur.agent.PlantedChannel;
import io.secateur.nn.Network;
import io.secateur.run.RunContext;
import org.junit.jupiter.api.Test;

class FineTuningTest {
  private static final FineTuning.Settings SHORT = new FineTuning.Settings(1, 0.001, 20);

  private final Network suspect = PlantedChannel.infected();

  @Test
  void all_weights_change_and_no_shape_does() {
    RepairOutcome outcome = repair(Scripted.target(4));

    Network tuned = outcome.network();
    assertThat(tuned.architecture()).isEqualTo(suspect.architecture());
    for (String name : suspect.architecture().requiredTensors().keySet()) {
      assertThat(tuned.weights().get(name)).as(name).isNotEqualTo(suspect.weights().get(name));
      assertThat(tuned.weights().get(name).shape())
          .as(name)
          .isEqualTo(suspect.weights().get(name).shape());
      assertThat(tuned.weights().get(name).hasNonFinite()).as(name).isFalse();
    }
    assertThat(outcome.plan().channels()).isEmpty();
    assertThat(outcome.target()).hasValue(PlantedChannel.TARGET);
    assertThat(outcome.seconds()).containsKey("ft");
  }

  @Test
  void one_cautious_epoch_does_not_shake_off_the_backdoor_and_the_verdict_says_so() {
    RepairOutcome outcome = repair(Scripted.target(4));

    assertThat(outcome.before().syntheticAsr().orElseThrow().value()).isEqualTo(100);
    assertThat(outcome.after().syntheticAsr().orElseThrow().value()).isGreaterThan(50);
    assertThat(outcome.verdict()).isEqualTo(RepairVerdict.NOT_REPAIRED);
  }

  @Test
  void a_clean_network_is_not_touched() {
    RepairOutcome outcome = repair(Scripted.target(Scripted.BLAMELESS));

    assertThat(outcome.verdict()).isEqualTo(RepairVerdict.CLEAN);
    assertThat(outcome.network()).isSameAs(suspect);
  }

  @Test
  void settings_that_cannot_train_are_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new FineTuning.Settings(0, 0.01, 64))
        .withMessageContaining("got 0, 64 and 0.01");
    assertThatIllegalArgumentException().isThrownBy(() -> new FineTuning.Settings(1, 0, 64));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new FineTuning.Settings(1, Double.NaN, 64));
    assertThatIllegalArgumentException().isThrownBy(() -> new FineTuning.Settings(1, 0.01, 0));
  }

  private RepairOutcome repair(Scripted synthesis) {
    return new TreatedDefence(new FineTuning(SHORT), Policy.DEFAULT, synthesis.sources(0))
        .repair(Suspect.of(suspect), PlantedChannel.sample(), RunContext.quiet(2));
  }
}
