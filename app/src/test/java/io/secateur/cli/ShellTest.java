package io.secateur.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.secateur.cli.CommandRunner.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.codegen.docgen.manpage.ManPageGenerator;

/** What a shell and a system know about the command. */
class ShellTest {
  @TempDir private Path folder;

  @Test
  void a_shell_completes_commands_and_options() throws Exception {
    Path bash = Path.of("/bin/bash");
    assumeTrue(Files.isExecutable(bash), "no bash here");
    Outcome outcome = CommandRunner.run("completion");
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    Path script = Files.writeString(folder.resolve("completion.bash"), outcome.out());

    assertThat(completed(bash, script, "secateur", "sc")).containsExactly("scan");
    assertThat(completed(bash, script, "secateur", "scan", "--sa")).containsExactly("--sarif");
    assertThat(completed(bash, script, "secateur", "zoo", "ver")).containsExactly("verify");
  }

  /** What bash offers when Tab is pressed after these words. */
  private List<String> completed(Path bash, Path script, String... words)
      throws IOException, InterruptedException {
    Path output = folder.resolve("output");
    String program =
        "compopt() { :; }; source \"$1\"; shift; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); COMP_LINE=\"$*\";"
            + " COMP_POINT=${#COMP_LINE}; _complete_secateur; printf '%s\\n' \"${COMPREPLY[@]}\"";
    List<String> command = new ArrayList<>(List.of(bash.toString(), "-c", program, "bash"));
    command.add(script.toString());
    command.addAll(List.of(words));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor()).as(Files.readString(output)).isZero();
    return Files.readAllLines(output).stream().map(String::strip).toList();
  }

  @Test
  void every_command_has_a_manual_page_with_all_its_options() throws IOException {
    CommandSpec whole = Main.commandLine().getCommandSpec();

    int exit = ManPageGenerator.generateManPage(folder.toFile(), null, new boolean[0], true, whole);

    assertThat(exit).isZero();
    check(whole);
  }

  private void check(CommandSpec command) throws IOException {
    Path page = folder.resolve(command.qualifiedName("-") + ".adoc");
    String text = Files.readString(page);
    assertThat(text).contains(":doctype: manpage", "== Name", "== Synopsis");
    for (OptionSpec option : command.options()) {
      if (!option.hidden()) {
        // Brackets in a label end the mark-up of the synopsis.
        assertThat(option.paramLabel()).doesNotContain("[", "]");
        String name = option.longestName();
        String shown = option.negatable() ? name.replaceFirst("^--", "--[no-]") : name;
        assertThat(text).as(page.toString()).contains("*" + shown + "*");
      }
    }
    for (var sub : command.subcommands().values()) {
      check(sub.getCommandSpec());
    }
  }
}
