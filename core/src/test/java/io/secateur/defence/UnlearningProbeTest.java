package io.secateur.defence;

import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.agent.PlantedChannel;
import io.secateur.engine.Engine;
import io.secateur.run.RunContext;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class UnlearningProbeTest {
  private static final UnlearningProbe.Settings FAST = new UnlearningProbe.Settings(60, 0.01, 0.6);

  private static int threads;

  @BeforeAll
  static void onOneThread() {
    threads = Engine.threads();
    Engine.threads(1);
  }

  @AfterAll
  static void asBefore() {
    Engine.threads(threads);
  }

  @Test
  void a_network_that_forgets_falls_back_on_the_label_of_its_backdoor() {
    UnlearningProbe.Answers answers = probe(1);

    assertThat(answers.images()).isEqualTo(120);
    assertThat(answers.wrongAnswers()).isGreaterThan(answers.wrongBefore());
    assertThat(answers.label()).isEqualTo(PlantedChannel.TARGET);
  }

  @Test
  void the_same_seed_gives_the_same_answers() {
    assertThat(probe(2)).isEqualTo(probe(2));
  }

  @Test
  void the_label_with_most_wrong_answers_is_named() {
    UnlearningProbe.Answers answers = new UnlearningProbe.Answers(9, 0, List.of(1, 4, 0, 4));

    assertThat(answers.label()).isEqualTo(1);
    assertThat(answers.wrongAnswers()).isEqualTo(9);
  }

  private static UnlearningProbe.Answers probe(long seed) {
    return UnlearningProbe.of(
        FAST,
        InfectedToy.STRIPES.network(),
        InfectedToy.STRIPES.sample().tune(),
        RunContext.quiet(seed));
  }
}
