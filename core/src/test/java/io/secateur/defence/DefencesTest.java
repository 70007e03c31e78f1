package io.secateur.defence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.secateur.agent.PlantedChannel;
import io.secateur.nn.Network;
import io.secateur.run.RunContext;
import org.junit.jupiter.api.Test;

class DefencesTest {
  @Test
  void every_listed_name_makes_a_defence_of_that_name() {
    assertThat(Defences.names())
        .contains("onp", "greedy", "masks", "ft")
        .contains("fp", "anp", "clp", "rnp")
        .contains("nad", "ft-sam", "i-bau", "sau", "nc")
        .contains("stimulation")
        .doesNotHaveDuplicates();
    for (String name : Defences.names()) {
      assertThat(named(name).name()).isEqualTo(name);
    }
  }

  @Test
  void every_defence_accepts_an_ordinary_network_and_returns_a_blameless_one_as_it_came() {
    Network network = PlantedChannel.infected();
    for (String name : Defences.names()) {
      Defence defence = named(name, Scripted.target(Scripted.BLAMELESS).sources(0));

      assertThatCode(() -> defence.check(network)).as(name).doesNotThrowAnyException();
      RepairOutcome outcome =
          defence.repair(Suspect.of(network), PlantedChannel.sample(), RunContext.quiet(1));

      assertThat(outcome.verdict()).as(name).isEqualTo(RepairVerdict.CLEAN);
      assertThat(outcome.network()).as(name).isSameAs(network);
      assertThat(outcome.plan().channels()).as(name).isEmpty();
    }
  }

  @Test
  void an_unknown_name_is_refused_with_the_names_there_are() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> named("pnp"))
        .withMessageContaining("method 'pnp'")
        .withMessageContaining(String.join(", ", Defences.names()));
  }

  @Test
  void without_a_hunt_every_treatment_is_applied_and_claims_nothing() {
    Network network = PlantedChannel.infected();
    DefenceSettings unasked =
        new DefenceSettings() {
          @Override
          public boolean hunt() {
            return false;
          }

          @Override
          public FineTuning.Settings ft() {
            return new FineTuning.Settings(1, 0.01, 16);
          }
        };

    RepairOutcome outcome =
        Defences.named("ft", unasked, Policy.DEFAULT)
            .repair(Suspect.of(network), PlantedChannel.sample(), RunContext.quiet(1));

    assertThat(outcome.network().weights()).isNotEqualTo(network.weights());
    assertThat(outcome.verdict()).isEqualTo(RepairVerdict.INCONCLUSIVE);
    assertThat(outcome.hunt()).isEmpty();
    assertThat(outcome.target()).isEmpty();
    assertThat(outcome.after().syntheticAsr()).isEmpty();
  }

  private static Defence named(String name) {
    return Defences.named(name, DefenceSettings.DEFAULT, Policy.DEFAULT);
  }

  private static Defence named(String name, TriggerSources sources) {
    return Defences.named(
        name,
        new DefenceSettings() {
          @Override
          public TriggerSources sources() {
            return sources;
          }
        },
        Policy.DEFAULT);
  }
}
