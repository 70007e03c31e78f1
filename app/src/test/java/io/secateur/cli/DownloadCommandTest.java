package io.secateur.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpHandler;
import io.secateur.Schemas;
import io.secateur.cli.CommandRunner.Outcome;
import io.secateur.data.DataSpec;
import io.secateur.data.Split;
import io.secateur.fetch.ArchiveServer;
import io.secateur.fetch.Patience;
import io.secateur.fetch.RemoteArchive;
import io.secateur.fetch.SmallArchive;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What {@code download cifar10} says, and how it ends. */
class DownloadCommandTest {
  private static final byte[] PACKED = SmallArchive.packed();

  @TempDir private Path temp;

  @Test
  void the_data_is_there_and_is_not_fetched_twice() throws IOException {
    try (ArchiveServer server = ArchiveServer.answering(ArchiveServer.file(PACKED, Map.of()))) {
      Outcome first = run(server, "--json");
      assertThat(first.exitCode()).as(first.err()).isZero();
      Schemas.assertDocumented("download", first.out());
      JsonNode result = JsonMapper.shared().readTree(first.out());
      assertThat(result.get("path").stringValue()).isEqualTo(out().toString());
      assertThat(result.get("url").stringValue()).isEqualTo(server.address().toString());
      assertThat(result.get("sha256").stringValue()).isEqualTo(SmallArchive.sha256(PACKED));
      assertThat(result.get("bytes").longValue()).isEqualTo(PACKED.length);
      assertThat(result.get("received").longValue()).isEqualTo(PACKED.length);
      assertThat(first.err()).contains("download, MB: ", "check, MB: ", "unpack, MB: ");
      assertThat(DataSpec.parse("cifar10:" + out(), Split.TEST).load().size()).isEqualTo(20);

      Outcome second = run(server);
      assertThat(second.exitCode()).isZero();
      assertThat(second.out()).contains("already there", "cifar10:" + out());
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void a_lost_connection_is_said_on_the_way() throws IOException {
    try (ArchiveServer server =
        ArchiveServer.answering(
            ArchiveServer.cutAfter(100_000, PACKED, Map.of()),
            ArchiveServer.file(PACKED, Map.of()))) {
      Outcome outcome = run(server);
      assertThat(outcome.exitCode()).isZero();
      assertThat(outcome.err()).contains("another try follows");
    }
  }

  @Test
  void no_such_file_is_unreadable_input() throws IOException {
    try (ArchiveServer server = ArchiveServer.answering(ArchiveServer.status(404, Map.of()))) {
      Outcome outcome = run(server, "--quiet");
      assertThat(outcome.exitCode()).isEqualTo(ExitCode.UNREADABLE);
      assertThat(outcome.err().lines())
          .containsExactly(
              "secateur: "
                  + server.address()
                  + ": has no such file (status 404); expected cifar-10-binary.tar.gz of "
                  + PACKED.length
                  + " bytes (--from names another place)");
    }
  }

  @Test
  void a_file_in_place_of_the_folder_is_wrong_usage() throws IOException {
    Files.writeString(out(), "mine");
    try (ArchiveServer server = ArchiveServer.answering(ArchiveServer.file(PACKED, Map.of()))) {
      Outcome outcome = run(server, "--quiet");
      assertThat(outcome.exitCode()).isEqualTo(ExitCode.USAGE);
      assertThat(outcome.err()).contains(out().toString()).hasLineCount(1);
      assertThat(server.requests()).isEmpty();
    }
    assertThat(out()).hasContent("mine");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "nonsense", "ftp://host/file", "file:///etc/passwd", "http:///x", "%"})
  void a_place_that_cannot_be_is_wrong_usage(String from) {
    Outcome outcome = CommandRunner.run("download", "cifar10", "--out=" + out(), "--from=" + from);
    assertThat(outcome.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(outcome.err())
        .contains("--from is '" + from + "'", "expected an http or https address")
        .hasLineCount(1);
    assertThat(out()).doesNotExist();
  }

  @Test
  void help_says_when_something_is_fetched() {
    assertThat(CommandRunner.run("download", "--help").out())
        .contains("Nothing is fetched unless", "cifar10");
    assertThat(CommandRunner.run("download", "cifar10", "--help").out())
        .contains("Nothing is fetched unless you run this command", "--from=URL");
    assertThat(CommandRunner.run("download").exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(CommandRunner.run("download", "imagenet").exitCode()).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void an_interruption_ends_with_130_and_keeps_what_came() throws Exception {
    HttpHandler slow =
        exchange -> {
          exchange.sendResponseHeaders(200, RemoteArchive.CIFAR10.bytes());
          exchange.getResponseBody().write(new byte[100_000]);
          exchange.getResponseBody().flush();
          untilInterrupted();
        };
    try (ArchiveServer server = ArchiveServer.answering(slow)) {
      Path err = temp.resolve("err.txt");
      Process command =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  "io.secateur.cli.Main",
                  "download",
                  "cifar10",
                  "--from=" + server.address(),
                  "--out=" + out())
              .redirectErrorStream(true)
              .redirectOutput(err.toFile())
              .start();
      assumeTrue(command.supportsNormalTermination(), "skipped: no way to interrupt a process");
      Path part = out().resolve("cifar-10-binary.tar.gz.part");
      for (int k = 0; k < 300 && !(Files.exists(part) && Files.size(part) == 100_000); k++) {
        Thread.sleep(100);
      }

      command.destroy();

      assertThat(command.waitFor(30, TimeUnit.SECONDS)).isTrue();
      List<String> lines = Files.readAllLines(err, StandardCharsets.UTF_8);
      assertThat(command.exitValue()).as(lines.toString()).isEqualTo(ExitCode.INTERRUPTED);
      assertThat(lines)
          .last()
          .isEqualTo("secateur: interrupted; the same command goes on from here");
      assertThat(part).hasSize(100_000);
    }
  }

  private static void untilInterrupted() {
    try {
      Thread.sleep(60_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Path out() {
    return temp.resolve("out");
  }

  /** The command for the small archive. */
  private Outcome run(ArchiveServer server, String... more) {
    URI address = server.address();
    Patience patience =
        new Patience(2, Duration.ZERO, Duration.ofSeconds(5), Duration.ofSeconds(5));
    FailureReporter failures = new FailureReporter();
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command =
        new CommandLine(
                new DownloadCommand.Cifar10Command(
                    SmallArchive.identity(PACKED, address), patience))
            .setExecutionExceptionHandler(failures)
            .setParameterExceptionHandler(failures)
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    String[] words = new String[more.length + 1];
    words[0] = "--out=" + out();
    System.arraycopy(more, 0, words, 1, more.length);
    int exitCode = command.execute(words);
    return new Outcome(exitCode, out.toString(), err.toString());
  }
}
