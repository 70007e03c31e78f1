package io.secateur.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.cli.CommandRunner.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A repair whose time is up ends with 130 and one line, and the same command goes on. */
class TimeBudgetTest {
  @TempDir private Path temp;

  @Test
  void what_was_finished_when_the_time_was_up_is_kept_for_the_same_command() throws IOException {
    Path model = SmallModel.write(temp.resolve("model.safetensors"), SmallModel.weights(10));
    Path state = temp.resolve("out/state");

    assertTimeIsUp(repair(model, "masks"));
    assertThat(temp.resolve("out"))
        .isDirectoryNotContaining("glob:**/{.lock,plan.json,result.json,repaired.*}");
    List<String> first = Files.readAllLines(state.resolve("hunt-screening-0.json"));
    Files.setLastModifiedTime(state.resolve("hunt-screening-0.json"), FileTime.fromMillis(0));

    Outcome other = repair(model, "greedy");
    assertThat(other.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(other.err()).contains("method was masks, is greedy").hasLineCount(1);

    assertTimeIsUp(repair(model, "masks"));
    assertThat(Files.readAllLines(state.resolve("hunt-screening-0.json"))).isEqualTo(first);
    assertThat(Files.getLastModifiedTime(state.resolve("hunt-screening-0.json")).toMillis())
        .isZero();
    assertThat(Files.readAllLines(temp.resolve("out/events.jsonl")))
        .filteredOn(line -> line.contains("\"started\"") || line.contains("\"resumed\""))
        .hasSize(2)
        .last()
        .asString()
        .contains("\"resumed\"");
  }

  private Outcome repair(Path model, String method) {
    return CommandRunner.run(
        "repair",
        model.toString(),
        "--clean=shapes:size=60",
        "--clean-size=25",
        "--method=" + method,
        "--time-budget=1s",
        "--quiet",
        "--out=" + temp.resolve("out"));
  }

  private static void assertTimeIsUp(Outcome outcome) {
    assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(ExitCode.INTERRUPTED);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err().lines())
        .containsExactly(
            "secateur: the time budget is spent; the same command with more goes on from here");
  }
}
