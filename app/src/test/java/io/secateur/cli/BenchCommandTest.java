package io.secateur.cli;

import static io.secateur.Schemas.assertDocumented;
import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.cli.CommandRunner.Outcome;
import io.secateur.experiment.Cell;
import io.secateur.experiment.CellFailure;
import io.secateur.experiment.CellResult;
import io.secateur.experiment.CellWorkers;
import io.secateur.experiment.ResultFolder;
import io.secateur.experiment.ThisProcess;
import io.secateur.format.FileHash;
import io.secateur.format.LayerList;
import io.secateur.nn.Network;
import io.secateur.nn.Preprocessing;
import io.secateur.run.Progress;
import io.secateur.run.SeedTree;
import io.secateur.train.Initialisation;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A benchmark from the plan to the leaderboard, and what is done with it afterwards. */
class BenchCommandTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String PLAN =
      """
      name: <small>
      data: shapes:size=200
      clean-size: 40
      seeds: [0, 1]
      models:
        - train: {attack: [badnets, none], arch: resnet20-w4, epochs: 2, set: {}}
      defences:
        - {method: clp, set: {hunt: false}}
        - {method: ft, name: tuned, set: {hunt: false, ft-epochs: [1, 2]}, seeds: 0}
      """;

  /** The same networks. */
  private static final String ONE_DEFENCE =
      PLAN.substring(0, PLAN.indexOf("seeds:"))
          + PLAN.substring(PLAN.indexOf("models:"), PLAN.indexOf("  - {method: ft"));

  @TempDir private static Path home;
  private static Path plan;
  private static Path results;
  private static Outcome first;

  @BeforeAll
  static void a_benchmark() throws IOException {
    Files.createDirectories(home.resolve("zoo"));
    Files.writeString(home.resolve("zoo/recipes.json"), "{}");
    System.setProperty("secateur.home", home.toString());
    plan = Files.writeString(home.resolve("plan.yaml"), PLAN);
    results = home.resolve("results");
    first = CommandRunner.run("bench", plan.toString(), "--out", results.toString());
  }

  private static List<Path> cells(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("cells"))) {
      return files.sorted().toList();
    }
  }

  @Test
  void every_cell_has_a_result_and_the_tables_show_them() throws IOException {
    assertThat(first.exitCode()).as(first.err()).isZero();
    // Two networks × (two seeds of one defence, one seed of two settings of another).
    assertThat(cells(results)).hasSize(8);
    assertThat(first.out())
        .contains("8 cells finished, 8 of them now, 0 failed")
        .contains("tuned ft-epochs=1", "tuned ft-epochs=2", "clp");
    assertThat(first.err()).contains("[8/8]");
    assertThat(results.resolve("runs")).isEmptyDirectory();

    assertThat(Files.readString(results.resolve("leaderboard.md"))).contains("| clp |");
    assertThat(Files.readAllLines(results.resolve("leaderboard.csv"))).hasSize(9);
    assertThat(Files.readString(results.resolve("leaderboard.html")))
        .contains("&lt;small&gt;")
        .doesNotContain("<small><");
    JsonNode board = JSON.readTree(Files.readAllBytes(results.resolve("leaderboard.json")));
    assertThat(board.get("rows").size()).isEqualTo(3);
  }

  @Test
  void a_cell_holds_all_that_determines_it_and_no_place_of_this_machine() throws IOException {
    JsonNode cell = JSON.readTree(Files.readAllBytes(cells(results).get(0)));

    assertThat(cell.at("/cell/identity/model.sha256").stringValue()).hasSize(64);
    assertThat(cell.at("/cell/identity").propertyNames())
        .contains(
            "seed",
            "threads",
            "stress",
            "method",
            "clean-size",
            "version",
            "rules",
            "engine",
            "clean.sha256");
    assertThat(cell.at("/result/imageForwards").longValue()).isPositive();
    for (Path file : cells(results)) {
      assertThat(Files.readString(file)).doesNotContain(home.toString());
    }
  }

  @Test
  void what_is_finished_is_not_done_again_and_what_is_lost_is() throws IOException {
    List<Path> cells = cells(results);
    Path lost = cells.get(3);
    String before = Files.readString(lost);
    Files.delete(lost);
    FileTime kept = Files.getLastModifiedTime(cells.get(0));

    Outcome again = CommandRunner.run("bench", plan.toString(), "--out", results.toString());

    assertThat(again.out()).contains("8 cells finished, 1 of them now, 0 failed");
    assertThat(Files.getLastModifiedTime(cells.get(0))).isEqualTo(kept);
    assertThat(figures(Files.readString(lost))).isEqualTo(figures(before));
  }

  @Test
  void a_cell_that_ended_but_was_not_kept_is_kept_by_the_next_run() throws IOException {
    Path cell = cells(results).get(2);
    String before = Files.readString(cell);
    String id = cell.getFileName().toString().replace(".json", "");
    // What is left when the process dies between the end of the run and the keeping of its result.
    Path run = Files.createDirectories(results.resolve("runs").resolve(id));
    Files.writeString(run.resolve("result.json"), JSON.readTree(before).get("result").toString());
    Files.delete(cell);

    Outcome again = CommandRunner.run("bench", plan.toString(), "--out", results.toString());

    assertThat(again.out()).contains("8 cells finished, 1 of them now, 0 failed");
    assertThat(JSON.readTree(Files.readString(cell))).isEqualTo(JSON.readTree(before));
    assertThat(run).doesNotExist();
  }

  private static List<JsonNode> figures(String cell) {
    JsonNode json = JSON.readTree(cell);
    return List.of(json.at("/result/cleanAccuracy"), json.at("/cell"));
  }

  @Test
  void a_broken_cell_is_reported_and_stops_no_other(@TempDir Path folder) throws IOException {
    String layers =
        """
        name: plain
        input: {channels: 3, height: 32, width: 32}
        layers:
          - {name: conv, type: conv, out: 4, kernel: 3}
          - {name: relu, type: relu}
          - {name: pool, type: global-average-pool}
          - {name: flatten, type: flatten}
          - {name: fc, type: linear, out: 10}
        """;
    Files.writeString(folder.resolve("layers.yaml"), layers);
    Network plain = Initialisation.of(LayerList.read(layers), Preprocessing.UNIT, new SeedTree(1));
    SmallModel.write(folder.resolve("plain.safetensors"), plain.weights());
    Path broken =
        Files.writeString(
            folder.resolve("plan.yaml"),
            """
            name: broken
            data: shapes:size=200
            clean-size: 40
            models: [{file: plain.safetensors, arch: layers.yaml}]
            defences:
              - {method: clp, set: {hunt: false}}
              - {method: ft, set: {hunt: false, ft-epochs: 1}}
            """);
    Path out = folder.resolve("out");

    Outcome outcome = CommandRunner.run("bench", broken.toString(), "--out", out.toString());

    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.out()).contains("1 cells finished, 1 of them now, 1 failed");
    assertThat(outcome.err()).contains("failed: IllegalArgumentException: clp bounds batch norms");
    Outcome status = CommandRunner.run("bench", "status", out.toString());
    assertThat(status.out()).contains("1 of 2 cells finished").contains("failed: plain · clp");
  }

  @Test
  void a_benchmark_differs_from_itself_in_nothing_and_from_another_in_what_it_does(
      @TempDir Path folder) throws IOException {
    Outcome same = CommandRunner.run("bench", "diff", results.toString(), results.toString());
    assertThat(same.exitCode()).as(same.err()).isZero();
    assertThat(same.out()).contains("8 cells in both; B minus A: CA +0.000, ASR +0.000");

    Path smaller = folder.resolve("plan.yaml");
    Files.writeString(
        smaller, PLAN.replace("ft-epochs: [1, 2]", "ft-epochs: [2, 3]") + "stress: false\n");
    Path other = folder.resolve("other");
    Files.createDirectories(other);
    copy(results.resolve("models"), other.resolve("models"));
    CommandRunner.run("bench", smaller.toString(), "--out", other.toString());

    Outcome diff = CommandRunner.run("bench", "diff", results.toString(), other.toString());

    assertThat(diff.exitCode()).isEqualTo(1);
    assertThat(diff.out())
        .contains("only in A  badnets-resnet20-w4-0 · tuned ft-epochs=1")
        .contains("only in B  badnets-resnet20-w4-0 · tuned ft-epochs=3")
        .contains("6 cells in both");
    for (Path cell : cells(other)) {
      // Its cells are those of a version that never taught a network its backdoor again.
      assertThat(JSON.readTree(cell.toFile()).at("/cell/identity").has("stress")).isFalse();
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  @Test
  void what_programs_read_is_documented() throws IOException {
    String folder = results.toString();
    assertDocumented(
        "bench", CommandRunner.run("bench", plan.toString(), "--out", folder, "--json").out());
    assertDocumented("bench-status", CommandRunner.run("bench", "status", folder, "--json").out());
    assertDocumented(
        "bench-diff", CommandRunner.run("bench", "diff", folder, folder, "--json").out());
    assertDocumented("leaderboard", Files.readString(results.resolve("leaderboard.json")));
    for (Path cell : cells(results)) {
      assertDocumented("cell", Files.readString(cell));
    }
  }

  @Test
  void results_answer_questions_in_sql() {
    Outcome count =
        CommandRunner.run(
            "bench",
            "query",
            results.toString(),
            "select attack, count(*) as n, min(ca_after) > 0 as alive from cells group by 1 order"
                + " by 1");
    assertThat(count.exitCode()).as(count.err()).isZero();
    Outcome time =
        CommandRunner.run(
            "bench",
            "query",
            results.toString(),
            "select count(*) as n, count(retuned_asr) as retuned, count(sleeps) as told from cells"
                + " join raw on cells.id = raw.cell.id where seconds > 0"
                + " and seconds < raw.result.seconds.total");
    assertThat(time.out()).as(time.err()).isEqualTo("n,retuned,told\n8,0,0\n");
    assertThat(count.out()).isEqualTo("attack,n,alive\nbadnets,4,true\n,4,true\n");

    Outcome wrong = CommandRunner.run("bench", "query", results.toString(), "select nothing");
    assertThat(wrong.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(wrong.err()).startsWith("secateur: SQL: ").contains("nothing").hasLineCount(1);
  }

  @Test
  void questions_are_about_the_cells_of_the_plan_alone(@TempDir Path folder) throws IOException {
    Path other = folder.resolve("of [1]*");
    Path cells = Files.createDirectories(other.resolve("cells"));
    JsonNode plan = JSON.readTree(Files.readString(results.resolve("plan.json")));
    List<JsonNode> planned = plan.get("cells").valueStream().limit(3).toList();
    Files.writeString(
        other.resolve("plan.json"),
        JSON.writeValueAsString(Map.of("name", "less", "cells", planned)));
    for (Path cell : cells(results)) {
      Files.copy(cell, cells.resolve(cell.getFileName()));
    }

    Outcome count =
        CommandRunner.run("bench", "query", other.toString(), "select count(*) as n from cells");

    assertThat(count.out()).as(count.err()).isEqualTo("n\n3\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "seeds: [0, 1]|seeds: []|seeds: expected at least one",
        "clean-size: 40|clean-size: 4|clean-size is 4; expected at least 20",
        "clean-size: 40|clean-size: 4000|clean-size is 4000; expected at most",
        "seeds: 0|seed: 0|unknown setting 'seed'",
        "seeds: [0, 1]|stress: maybe|line 4, column 1: ",
        "method: clp|method: magic|method is 'magic'; expected onp, greedy",
        "hunt: false}}|hunt: maybe}}|set hunt=maybe: expected hunt=true or false",
        "data: shapes:size=200|data: nothing:here|has the unknown kind 'nothing'",
        "[badnets, none]|[badnest]|attack is 'badnest'; expected none, badnets",
        "resnet20-w4|resnet9000|arch: no architecture named 'resnet9000'",
        "set: {}|set: {colour: red}|set colour: no such setting",
        "seeds: 0|seeds: [0, 0]|has two cells called badnets-resnet20-w4-0 · tuned ft-epochs=1",
      })
  void a_plan_that_asks_for_what_there_is_not_is_refused_in_a_line(
      String good, String bad, String message, @TempDir Path folder) throws IOException {
    Path wrong = folder.resolve("wrong.yaml");
    Files.writeString(wrong, PLAN.replace(good, bad), StandardCharsets.UTF_8);
    Path out = folder.resolve("out");

    Outcome outcome = CommandRunner.run("bench", wrong.toString(), "--out", out.toString());

    assertThat(outcome.exitCode()).isEqualTo(ExitCode.UNREADABLE);
    assertThat(outcome.err()).contains(message);
    assertThat(outcome.err().lines().filter(line -> line.startsWith("secateur:"))).hasSize(1);
    // Nothing was trained either, let alone for hours.
    assertThat(out).doesNotExist();
  }

  @Test
  void a_model_that_cannot_be_read_is_told_before_another_is_trained(@TempDir Path folder)
      throws IOException {
    Files.writeString(folder.resolve("broken.pth"), "nothing");
    Path wrong =
        Files.writeString(
            folder.resolve("plan.yaml"), PLAN.replace("models:\n", "models:\n  - broken.pth\n"));
    Path out = folder.resolve("out");

    Outcome outcome = CommandRunner.run("bench", wrong.toString(), "--out", out.toString());

    assertThat(outcome.exitCode()).isEqualTo(ExitCode.UNREADABLE);
    assertThat(outcome.err()).contains("broken.pth");
    assertThat(out).doesNotExist();
  }

  @Test
  void a_training_begun_with_other_threads_starts_over(@TempDir Path folder) throws IOException {
    Path models = folder.resolve("out/models");
    copy(results.resolve("models"), models);
    Path lost = only(models, "badnets-.*safetensors");
    byte[] whole = Files.readAllBytes(lost);
    Files.delete(lost);
    Path state = Files.createDirectories(models.resolve(lost.getFileName() + ".run/state"));
    Files.writeString(state.resolve("fingerprint.json"), "{\"threads\": \"77\"}");
    Path small = Files.writeString(folder.resolve("plan.yaml"), ONE_DEFENCE);

    Outcome outcome =
        CommandRunner.run("bench", small.toString(), "--out", folder.resolve("out").toString());

    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(outcome.err()).contains("badnets-resnet20-w4-0: ").contains("it starts over");
    assertThat(lost).hasBinaryContent(whole);
  }

  private static Path only(Path folder, String name) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> all =
          files.filter(file -> String.valueOf(file.getFileName()).matches(name)).toList();
      assertThat(all).hasSize(1);
      return all.get(0);
    }
  }

  @Test
  void the_record_of_a_training_says_which_clean_network_it_was_made_with(@TempDir Path folder)
      throws IOException {
    Path clean = only(results.resolve("models"), "none-.*safetensors");
    Path small =
        Files.writeString(
            folder.resolve("plan.yaml"),
            ONE_DEFENCE.replace(
                "attack: [badnets, none], arch: resnet20-w4, epochs: 2, set: {}",
                "attack: clean-label, arch: resnet20-w4, epochs: 1, set: {steps: 1}, clean-model: '"
                    + clean
                    + "'"));
    Path out = folder.resolve("out");

    Outcome outcome = CommandRunner.run("bench", small.toString(), "--out", out.toString());

    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    Path record = only(out.resolve("models"), "clean-label-.*result.json");
    assertThat(JSON.readTree(record.toFile()).at("/settings/clean-model.sha256").stringValue())
        .isEqualTo(FileHash.sha256(clean));
  }

  @Test
  void options_that_would_change_nothing_are_refused(@TempDir Path folder) throws IOException {
    String out = folder.resolve("out").toString();
    Outcome seed = CommandRunner.run("bench", plan.toString(), "--out", out, "--seed", "0");
    assertThat(seed.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(seed.err())
        .isEqualToIgnoringNewLines(
            "secateur: --seed is 0, which a plan does not take; expected 'seeds: [0]' in " + plan);

    Path untrained =
        Files.writeString(
            folder.resolve("plan.yaml"),
            "name: x\ndata: 'shapes:'\nthreads: 2\nmodels: [x.pth]\ndefences: [clp]\n");
    Outcome threads =
        CommandRunner.run("bench", untrained.toString(), "--out", out, "--threads", "3");
    assertThat(threads.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(threads.err())
        .isEqualToIgnoringNewLines(
            "secateur: --threads is 3, but the plan says 2; expected one of them");
  }

  @Test
  void a_second_process_in_the_folder_is_refused_and_notes_no_failures(@TempDir Path folder)
      throws IOException {
    Path out = folder.resolve("out");
    copy(results.resolve("models"), out.resolve("models"));
    try (FileChannel first =
        FileChannel.open(
            out.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      FileLock lock = first.lock();
      Outcome second = CommandRunner.run("bench", plan.toString(), "--out", out.toString());

      assertThat(lock.isValid()).isTrue();
      assertThat(second.exitCode()).isEqualTo(ExitCode.USAGE);
      assertThat(second.err())
          .contains(out + ": another benchmark is at work in it; expected to wait for its end");
    }
    assertThat(out.resolve("failures")).doesNotExist();
    assertThat(out.resolve("cells")).doesNotExist();
  }

  @Test
  void a_cell_whose_result_came_meanwhile_is_not_done_again() {
    ResultFolder folder = new ResultFolder(results);
    List<Cell> cells = folder.expected().cells();
    List<Cell> found = new ArrayList<>();

    new ThisProcess()
        .run(
            cells,
            folder,
            new CellWorkers.Outcomes() {
              @Override
              public void found(CellResult result) {
                found.add(result.cell());
              }

              @Override
              public void done(CellResult result) {
                throw new AssertionError(result);
              }

              @Override
              public void failed(CellFailure failure) {
                throw new AssertionError(failure);
              }
            },
            Progress.SILENT);

    assertThat(found).isEqualTo(cells);
  }

  @Test
  void a_cluster_needs_its_module() {
    Outcome outcome =
        CommandRunner.run(
            "bench", plan.toString(), "--out", home.resolve("x").toString(), "--master", "local");
    assertThat(outcome.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(outcome.err()).contains("--master: the spark module is not on the class path");
  }
}
