package io.secateur.defence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.secateur.engine.Optimizer;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.run.Checkpoints;
import io.secateur.run.Interrupted;
import io.secateur.run.Progress;
import io.secateur.run.RunContext;
import io.secateur.run.RunDirectory;
import io.secateur.run.SeedTree;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoundsTest {
  private static final int ROUNDS = 9;

  private final List<Integer> played = new ArrayList<>();

  @TempDir private Path folder;

  @Test
  void what_was_interrupted_goes_on_bit_by_bit_and_repeats_no_round() {
    float[] whole = play(Checkpoints.NONE, Progress.SILENT, ROUNDS);
    assertThat(played).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8);
    played.clear();

    assertThatThrownBy(() -> inFolder(Interrupting.at(4))).isInstanceOf(Interrupted.class);
    assertThat(played).containsExactly(0, 1, 2, 3);
    float[] resumed = inFolder(Progress.SILENT);

    assertThat(played).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8);
    assertThat(resumed).isEqualTo(whole);
    assertThat(inFolder(Progress.SILENT)).as("what is over is not played again").isEqualTo(whole);
    assertThat(played).hasSize(ROUNDS);
  }

  @Test
  void a_round_may_be_the_last_before_all_are_played() {
    play(Checkpoints.NONE, Progress.SILENT, 3);

    assertThat(played).containsExactly(0, 1, 2);
  }

  private float[] inFolder(Progress progress) {
    try (RunDirectory run =
        RunDirectory.open(folder, Map.of("a", "b"), RunDirectory.Existing.RESUME)) {
      return play(run, progress, ROUNDS);
    }
  }

  /**
   * Descends on a parabola whose middle depends on the round; momentum is what must not be lost.
   */
  private float[] play(Checkpoints checkpoints, Progress progress, int enough) {
    return Scope.value(
        () -> {
          Tensor x = Tensor.of(new float[] {1, -2, 0.5f}, 3).requireGradient();
          Optimizer sgd = Optimizer.sgd(List.of(x), 0.1, 0.9, 0, false);
          Rounds.play(
              "descend",
              "x",
              ROUNDS,
              List.of(x),
              sgd,
              round -> {
                played.add(round);
                sgd.minimise(x.sub(Tensor.full(round, 3)).square().sum());
                return new Rounds.Played("round " + round, played.size() == enough);
              },
              new RunContext(new SeedTree(1), progress, checkpoints));
          return x.toFloats();
        });
  }
}
