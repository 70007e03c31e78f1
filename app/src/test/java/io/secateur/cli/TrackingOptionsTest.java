package io.secateur.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.cli.CommandRunner.Outcome;
import io.secateur.tracking.EventFile;
import io.secateur.tracking.EventFile.Scalar;
import io.secateur.tracking.TrackingServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Runs that are told to TensorBoard and MLflow, from the command line. */
@ExtendWith(OneThread.class)
class TrackingOptionsTest {
  private static final String HALVES = Document.ROOT.resolve("examples/halves") + "/";
  @TempDir private Path folder;

  private static Outcome run(String command, String... more) {
    List<String> arguments =
        new ArrayList<>(List.of(command, HALVES + "infected.safetensors", "-q"));
    arguments.addAll(List.of("--arch", HALVES + "halves.yaml"));
    arguments.addAll(List.of("--clean", "folder:" + HALVES + "images", "--clean-size", "120"));
    arguments.addAll(Arrays.asList(more));
    return CommandRunner.run(arguments.toArray(String[]::new));
  }

  @Test
  void a_repair_is_told_to_both() throws IOException {
    Path logs = folder.resolve("logs");
    Path out = folder.resolve("out");
    try (TrackingServer server = new TrackingServer()) {
      Outcome outcome =
          run(
              "repair",
              "--out",
              out + "",
              "--tensorboard",
              logs + "",
              "--mlflow",
              server.address());

      assertThat(outcome.exitCode()).as(outcome.err()).isZero();
      assertThat(outcome.err()).isEmpty();
      List<Scalar> scalars = EventFile.scalars(EventFile.below(logs).get(0));
      assertThat(scalars).map(Scalar::tag).anyMatch(tag -> tag.matches("(?!result/).*/.*"));
      assertThat(scalars).contains(new Scalar("result/cleanAccuracy/after/value", 0, 100));
      assertThat(server.calls("runs/log-batch").get(0).body()).contains("\"infected.safetensors\"");
      assertThat(server.stored())
          .map(call -> call.path().replaceFirst(".*/", ""))
          .contains("report.html", "result.json", "plan.json", "model-card.md")
          .noneMatch(name -> name.endsWith("safetensors"));
      assertThat(server.calls("runs/update").get(0).body()).contains("FINISHED");
    }
  }

  @Test
  void a_server_that_is_gone_costs_a_line_and_nothing_else() throws IOException {
    String gone;
    try (TrackingServer server = new TrackingServer()) {
      gone = server.address();
    }
    Path out = folder.resolve("out");
    Outcome outcome = run("repair", "--out", out.toString(), "--mlflow", gone);

    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.err().lines())
        .singleElement()
        .asString()
        .startsWith("secateur: warning: --mlflow: " + gone.replaceFirst("/$", ""))
        .endsWith("; the run goes on without it");
    assertThat(out.resolve("repaired.safetensors")).exists();
  }

  @Test
  void a_scan_and_a_training_are_told_too() throws IOException {
    Path logs = folder.resolve("logs");
    Outcome scan = run("scan", "--tensorboard", logs.toString(), "--fail-on", "none");
    Outcome training =
        CommandRunner.run(
            ("infect -q --attack badnets --arch resnet20-w4 --data shapes:size=60 --epochs 2"
                    + " --batch-size 20 --out "
                    + folder.resolve("model.safetensors")
                    + " --tensorboard "
                    + logs)
                .split(" "));

    assertThat(scan.exitCode()).as(scan.err()).isZero();
    assertThat(training.exitCode()).as(training.err()).isZero();
    assertThat(Files.readString(folder.resolve("model.result.json")))
        .contains("\"--tensorboard\"", "\"DIR\"")
        .doesNotContain(folder.toString());
    List<Path> files = EventFile.below(logs);
    assertThat(files).hasSize(2);
    assertThat(EventFile.scalars(files.get(0)))
        .filteredOn(scalar -> scalar.tag().equals("training/loss"))
        .map(Scalar::step)
        .containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
    assertThat(EventFile.scalars(files.get(1)))
        .map(Scalar::tag)
        .contains("result/medianNorm", "result/cleanAccuracy/value");
  }

  @Test
  void what_cannot_be_is_refused_before_anything_is_done() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));

    Outcome address = run("scan", "--mlflow", "localhost:5000");
    Outcome place = run("scan", "--tensorboard", file.toString());

    assertThat(address.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(address.err()).contains("--mlflow: 'localhost:5000'; expected http://HOST:PORT");
    assertThat(place.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(place.err()).contains("--tensorboard: " + file + ": is a file; expected a folder");
  }
}
