package io.secateur.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.bench.TinyDisk;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** What no command can go on after is one line and exit code 2 too, and never "backdoor found". */
class BreakdownTest {
  @TempDir private Path temp;

  static Stream<Arguments> errors() {
    return Stream.of(
        Arguments.of(
            new OutOfMemoryError("Java heap space"),
            "secateur: out of memory (Java heap space); expected a larger limit, such as -Xmx4g in"
                + " SECATEUR_JAVA_OPTS"),
        Arguments.of(
            new UnsatisfiedLinkError("no such library\nin any folder"),
            "secateur: a native library cannot be loaded: no such library in any folder"),
        Arguments.of(
            new ExceptionInInitializerError(new IllegalStateException("the table is empty")),
            "secateur: internal error: IllegalStateException: the table is empty (-v shows where)"),
        Arguments.of(
            new StackOverflowError(),
            "secateur: internal error: StackOverflowError: no message (-v shows where)"));
  }

  @ParameterizedTest
  @MethodSource("errors")
  void an_error_of_the_virtual_machine_is_one_line(Error error, String line) {
    StringWriter err = new StringWriter();
    CommandLine command = Main.commandLine().addSubcommand("fail", new Failing(error));
    command.setErr(new PrintWriter(err, true));

    assertThat(command.execute("fail")).isEqualTo(ExitCode.INTERNAL);
    assertThat(err.toString().lines()).containsExactly(line);
  }

  @Test
  void the_trace_is_shown_to_whoever_asks_for_it() {
    CommandRunner.Outcome outcome =
        CommandRunner.run("inspect", temp.resolve("no.pth").toString(), "-v");

    assertThat(outcome.exitCode()).isEqualTo(ExitCode.UNREADABLE);
    assertThat(outcome.err().lines().findFirst().orElseThrow()).endsWith("no.pth: does not exist");
    assertThat(outcome.err()).contains("BadModelFile", "\tat io.secateur.");
  }

  @Command
  private record Failing(Error error) implements Callable<Integer> {
    @Override
    public Integer call() {
      throw error;
    }
  }

  @Test
  void a_full_disk_has_no_room_for_the_engine() throws Exception {
    try (TinyDisk disk = TinyDisk.at(temp.resolve("disk"), 64)) {
      Path cache = disk.path("cache");

      List<String> said =
          said("evaluate", "--data", "shapes:size=40", "-Dorg.bytedeco.javacpp.cachedir=" + cache);

      assertThat(said).hasSize(1);
      assertThat(said.get(0))
          .startsWith("secateur: the tensor engine's libraries cannot be unpacked into " + cache)
          .contains("No space left on device", "expected 500 MB of room there");
    }
  }

  @Test
  void no_engine_is_packed_for_this_machine() throws Exception {
    List<String> said =
        said(
            "evaluate", "--data", "shapes:size=40", "-Dorg.bytedeco.javacpp.platform=linux-mips64");

    assertThat(said).hasSize(1);
    assertThat(said.get(0))
        .startsWith("secateur: the tensor engine's libraries cannot be loaded (")
        .endsWith("expected a build for linux-mips64");
  }

  @Test
  void a_full_temporary_folder_has_no_room_for_the_onnx_runtime() throws Exception {
    Path out = temp.resolve("out.onnx");
    try (TinyDisk disk = TinyDisk.at(temp.resolve("disk"), 64)) {
      Path folder = Files.createDirectory(disk.path("tmp"));

      List<String> said = said("convert", out.toString(), "-Djava.io.tmpdir=" + folder);

      assertThat(said).hasSize(1);
      assertThat(said.get(0))
          .contains("ONNX Runtime's library cannot be unpacked into " + folder)
          .contains("No space left on device", "expected 50 MB of room there");
      assertThat(out).doesNotExist();
    }
  }

  /** What a process says on standard error that ends with exit code 2. */
  private List<String> said(String name, String... words) throws Exception {
    Path model = SmallModel.write(temp.resolve("model.safetensors"), SmallModel.weights(10));
    Path log = temp.resolve("err");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-Dorg.bytedeco.javacpp.maxphysicalbytes=0"));
    command.addAll(Stream.of(words).filter(word -> word.startsWith("-D")).toList());
    command.add(Main.class.getName());
    command.addAll(List.of(name, model.toString(), "--quiet"));
    command.addAll(Stream.of(words).filter(word -> !word.startsWith("-D")).toList());
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(log.toFile());
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    Process process = builder.start();
    assertThat(process.waitFor()).as(Files.readString(log)).isEqualTo(ExitCode.INTERNAL);
    return withoutNotes(log);
  }

  /** Lines but those in which newer virtual machines ask for permission of native access. */
  private static List<String> withoutNotes(Path log) throws IOException {
    return Files.readAllLines(log).stream()
        .filter(line -> !line.isEmpty() && !line.startsWith("WARNING: "))
        .toList();
  }
}
