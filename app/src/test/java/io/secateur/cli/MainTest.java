package io.secateur.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class MainTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void the_version_is_the_one_the_build_wrote() {
    int exit = execute("--version");

    assertThat(exit).isZero();
    assertThat(out.toString()).matches("secateur \\d+\\.\\d+\\.\\d+\\S*\\R");
  }

  @Test
  void help_names_the_command_and_what_it_is_for() {
    int exit = execute("--help");

    assertThat(exit).isZero();
    assertThat(out.toString()).contains("Usage: secateur", "Removes backdoors");
  }

  @Test
  void no_command_is_a_usage_error_explained_on_standard_error() {
    int exit = execute();

    assertThat(exit).isEqualTo(4);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString()).contains("No command given", "Usage: secateur");
  }

  @Test
  void an_unknown_option_is_a_usage_error() {
    assertThat(execute("--no-such-option")).isEqualTo(4);
  }

  private int execute(String... args) {
    CommandLine commandLine = Main.commandLine();
    commandLine.setOut(new PrintWriter(out, true));
    commandLine.setErr(new PrintWriter(err, true));
    return commandLine.execute(args);
  }
}
