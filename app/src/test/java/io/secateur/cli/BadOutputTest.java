package io.secateur.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.secateur.bench.TinyDisk;
import io.secateur.cli.CommandRunner.Outcome;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/**
 * A place that cannot be written to ends a command in one line that names it and the cause, with
 * the right exit code, and changes nothing there. No case relies on permission bits alone, which do
 * not bind every user.
 */
class BadOutputTest {
  private static final String REPAIR = "repair MODEL --clean shapes:size=60 --clean-size 50 --out ";
  private static final String RESTART =
      "repair MODEL --clean shapes:size=60 --clean-size 50 --no-resume --out ";
  private static final String DEMO = "demo --out ";
  private static final String INFECT =
      "infect --attack none --arch resnet20-w4 --data shapes:size=40 --epochs 1 --out ";

  @TempDir private Path temp;
  private Path model;

  @BeforeEach
  void a_model() throws IOException {
    model = SmallModel.write(temp.resolve("model.safetensors"), SmallModel.weights(10));
  }

  @ParameterizedTest
  @ValueSource(strings = {REPAIR, DEMO})
  void a_folder_below_a_file(String command) throws IOException {
    byte[] before = Files.readAllBytes(model);
    Path out = model.resolve("results");

    assertRefused(run(command, out), ExitCode.USAGE, out, model + " is a file", "Not a directory");

    assertThat(model).hasBinaryContent(before);
    assertThat(names(temp)).containsExactly("model.safetensors");
  }

  @ParameterizedTest
  @ValueSource(strings = {REPAIR, DEMO})
  void a_folder_in_a_place_where_the_system_allows_none(String command) {
    Path out = Path.of("/proc/secateur-results");
    assumeTrue(Files.isDirectory(Path.of("/proc")), "skipped: no /proc");

    assertRefused(
        run(command, out), ExitCode.USAGE, out, out + " does not exist", "(no permission)");

    assertThat(out).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "convert MODEL /proc/secateur.onnx",
        "infect --attack none --arch resnet20-w4 --data shapes:size=40 --out /proc/secateur.safetensors",
        "scan MODEL --clean shapes:size=60 --clean-size 50 --sarif /proc/secateur.sarif",
        "repair MODEL --clean shapes:size=60 --clean-size 50 --bom /proc/secateur.json --out"
      })
  void a_file_in_a_place_where_the_system_allows_none(String command) {
    assumeTrue(Files.isDirectory(Path.of("/proc")), "skipped: no /proc");
    String[] words =
        (command.endsWith("--out") ? command + " " + temp.resolve("out") : command)
            .replace("MODEL", model.toString())
            .split(" ");

    Outcome outcome = CommandRunner.run(words);

    assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(ExitCode.USAGE);
    assertThat(outcome.err().lines()).hasSize(1);
    assertThat(outcome.err()).contains("/proc/secateur.", "cannot be written");
    assertThat(temp.resolve("out")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {REPAIR, DEMO})
  void a_link_to_nothing(String command) throws IOException {
    Path out = Files.createSymbolicLink(temp.resolve("link"), temp.resolve("nowhere"));

    assertRefused(run(command, out), ExitCode.USAGE, out, out + " is there and no folder");

    assertThat(names(temp)).containsExactly("link", "model.safetensors");
  }

  @ParameterizedTest
  @ValueSource(strings = {REPAIR, DEMO})
  void a_name_that_is_too_long(String command) throws IOException {
    Path out = temp.resolve("a".repeat(300));

    assertRefused(run(command, out), ExitCode.USAGE, out, "(File name too long)");

    assertThat(names(temp)).containsExactly("model.safetensors");
  }

  @ParameterizedTest
  @ValueSource(strings = {REPAIR, RESTART, DEMO})
  void a_folder_that_holds_something_else(String command) throws IOException {
    Path out = Files.createDirectory(temp.resolve("mine"));
    Path state = Files.createDirectory(out.resolve("state"));
    Files.writeString(state.resolve("thesis.txt"), "mine");

    assertRefused(
        run(command, out), ExitCode.USAGE, out, "is not empty and holds no interrupted run");

    assertThat(names(out)).containsExactly("state");
    assertThat(names(state)).containsExactly("thesis.txt");
    assertThat(state.resolve("thesis.txt")).hasContent("mine");
  }

  @Test
  void a_folder_in_place_of_a_file_that_is_to_be_written() throws IOException {
    Path events = Files.createDirectories(temp.resolve("out/events.jsonl"));

    assertRefused(
        run(REPAIR.replace("--out", "--force --out"), temp.resolve("out")),
        ExitCode.INTERNAL,
        events,
        "cannot write " + events + ": Is a directory");

    assertThat(events).isEmptyDirectory();
    assertThat(temp.resolve("out")).isDirectoryNotContaining("glob:**/{.lock,.*.tmp,plan.json}");
  }

  @ParameterizedTest
  @ValueSource(strings = {REPAIR, DEMO, INFECT})
  void a_disk_that_is_full_from_the_start(String command) throws IOException {
    try (TinyDisk disk = TinyDisk.at(temp.resolve("disk"), 4)) {
      Files.write(disk.path("filler"), new byte[4096]);
      Path out = disk.path("out.safetensors");

      Outcome first = run(command, out);

      assertRefused(first, ExitCode.INTERNAL, out, "No space left on device");
      assertThat(names(disk.path(""))).containsExactly("filler");
      assertThat(run(command, out)).as("the same again").isEqualTo(first);
    }
  }

  @Test
  void a_full_disk_keeps_the_folders_that_were_there() throws IOException {
    try (TinyDisk disk = TinyDisk.at(temp.resolve("disk"), 4)) {
      Files.write(disk.path("filler"), new byte[4096]);
      Path there = Files.createDirectory(disk.path("there"));

      Outcome outcome = run(REPAIR, there.resolve("new/out"));

      assertRefused(outcome, ExitCode.INTERNAL, there, "No space left on device");
      assertThat(there).isEmptyDirectory();
    }
  }

  @Test
  void a_disk_that_fills_up_once_the_run_has_begun() throws IOException {
    try (TinyDisk disk = TinyDisk.at(temp.resolve("disk"), 4)) {
      Path out = disk.path("out");
      Path events = out.resolve("events.jsonl");

      assertRefused(
          run(REPAIR, out),
          ExitCode.INTERNAL,
          events,
          "cannot write " + events + ": No space left on device");

      assertThat(names(out)).containsExactly("events.jsonl", "state");
      assertThat(names(out.resolve("state"))).containsExactly("fingerprint.json");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"inspect MODEL", "inspect MODEL --json", "--help", "inspect --help"})
  void standard_output_on_a_full_disk(String command) throws IOException {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full), "skipped: no /dev/full");
    StringWriter err = new StringWriter();
    CommandLine commandLine = Main.commandLine();
    commandLine.setErr(new PrintWriter(err, true));
    try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(full))) {
      commandLine.setOut(out);

      int exitCode = commandLine.execute(command.replace("MODEL", model.toString()).split(" "));

      assertThat(exitCode).isEqualTo(ExitCode.INTERNAL);
    }
    assertThat(err.toString().lines())
        .containsExactly("secateur: the result cannot be written to standard output");
  }

  private Outcome run(String command, Path out) {
    List<String> words = new ArrayList<>();
    for (String word : command.replace("MODEL", model.toString()).strip().split(" ")) {
      words.add(word);
    }
    words.add(out.toString());
    return CommandRunner.run(words.toArray(String[]::new));
  }

  private static void assertRefused(
      Outcome outcome, int exitCode, Path named, String... anyOfTheseCauses) {
    assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(exitCode);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err().lines()).hasSize(1);
    assertThat(outcome.err())
        .startsWith("secateur: ")
        .contains(named.toString())
        .containsAnyOf(anyOfTheseCauses)
        .doesNotContain("\tat ", "internal error", "null");
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }
}
