package io.secateur.defence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.secateur.agent.AgentSearch;
import org.junit.jupiter.api.Test;

class DefencesTest {
  @Test
  void every_listed_name_makes_a_defence_of_that_name() {
    assertThat(Defences.names())
        .contains("onp", "greedy", "masks", "ft")
        .contains("fp", "anp", "clp", "rnp")
        .doesNotHaveDuplicates();
    for (String name : Defences.names()) {
      assertThat(named(name).name()).isEqualTo(name);
    }
  }

  @Test
  void an_unknown_name_is_refused_with_the_names_there_are() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> named("pnp"))
        .withMessageContaining("method 'pnp'")
        .withMessageContaining(String.join(", ", Defences.names()));
  }

  private static Defence named(String name) {
    return Defences.named(
        name,
        TriggerPruning.Settings.DEFAULT,
        AgentSearch.DEFAULT,
        FineTuning.Settings.DEFAULT,
        PrunerSettings.DEFAULT,
        Policy.DEFAULT,
        TriggerSources.standard(TriggerSources.STRENGTH));
  }
}
