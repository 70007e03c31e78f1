package io.secateur.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.agent.PlantedChannel;
import io.secateur.defence.InfectedToy;
import io.secateur.engine.OneThread;
import io.secateur.run.RunContext;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(OneThread.class)
class UnlearningProbeTest {
  private static final UnlearningProbe PROBE =
      new UnlearningProbe(new UnlearningProbe.Settings(60, 40, 0.01, 0.7));

  @Test
  void a_network_that_forgets_falls_back_on_the_label_of_its_backdoor() {
    UnlearningProbe.Answers answers = probe(1);

    assertThat(answers.images()).isEqualTo(120);
    assertThat(answers.total()).isGreaterThanOrEqualTo((int) (0.3 * answers.knew()));
    assertThat(answers.label()).isEqualTo(PlantedChannel.TARGET);
    assertThat(answers.share()).isGreaterThan(0.5);
  }

  @Test
  void the_same_seed_gives_the_same_answers() {
    assertThat(probe(2)).isEqualTo(probe(2));
  }

  @Test
  void the_label_with_most_mistakes_is_named() {
    UnlearningProbe.Answers answers = new UnlearningProbe.Answers(20, 15, List.of(1, 4, 0, 4), 7);

    assertThat(answers.label()).isEqualTo(1);
    assertThat(answers.total()).isEqualTo(9);
    assertThat(answers.share()).isEqualTo(4.0 / 9);
  }

  @Test
  void few_labels_are_not_judged() {
    List<Integer> nine = List.of(40, 0, 0, 0, 0, 0, 0, 0, 0);
    List<Integer> ten = List.of(40, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    assertThat(new UnlearningProbe.Answers(50, 50, nine, 1).finding())
        .isEqualTo(UnlearningProbe.Finding.NONE);
    assertThat(new UnlearningProbe.Answers(50, 50, ten, 1).finding())
        .isEqualTo(UnlearningProbe.Finding.ACCUSES);
  }

  @Test
  void few_mistakes_are_not_judged() {
    List<Integer> few = List.of(19, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    assertThat(new UnlearningProbe.Answers(100, 95, few, 9).finding())
        .isEqualTo(UnlearningProbe.Finding.TOO_FEW);
  }

  @Test
  void passes_count_what_was_learnt_on_and_half_of_what_was_looked_at() {
    List<Integer> none = List.of(0, 0);

    assertThat(new UnlearningProbe.Answers(400, 390, none, 10).passes())
        .isEqualTo(10 * 384 + 11 * 200);
    assertThat(new UnlearningProbe.Answers(100, 90, none, 10).passes()).isEqualTo(10 * 100 + 550);
  }

  private static UnlearningProbe.Answers probe(long seed) {
    return PROBE.run(
        "probe",
        InfectedToy.STRIPES.network(),
        InfectedToy.STRIPES.sample().tune(),
        RunContext.quiet(seed));
  }
}
