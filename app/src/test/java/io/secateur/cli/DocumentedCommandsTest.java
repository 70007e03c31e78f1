package io.secateur.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What documents tell to type is understood: every command and option in them exists. */
class DocumentedCommandsTest {
  private static final Path ROOT = Path.of(System.getProperty("secateur.root", ".."));
  private static final Pattern FENCED = Pattern.compile("(?s)```(?:sh|yaml)\\n(.*?)```");
  private static final Pattern COMMAND = Pattern.compile("bin/secateur ([^)\\n]+)");

  @ParameterizedTest
  @ValueSource(strings = {"README.md", "docs/pipelines.md", "examples/halves/README.md"})
  void commands_in_a_document_are_understood(String document) throws IOException {
    List<String> commands = new ArrayList<>();
    Matcher fenced = FENCED.matcher(Files.readString(ROOT.resolve(document)));
    while (fenced.find()) {
      Matcher command = COMMAND.matcher(fenced.group(1).replace("\\\n", " "));
      while (command.find()) {
        commands.add(command.group(1).strip());
      }
    }
    assertThat(commands).hasSizeGreaterThan(1);
    for (String command : commands) {
      assertThatCode(() -> Main.commandLine().parseArgs(command.split(" +")))
          .as(command)
          .doesNotThrowAnyException();
    }
  }
}
