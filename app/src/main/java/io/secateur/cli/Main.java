package io.secateur.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Entry point of the command {@code secateur}. */
@Command(
    name = "secateur",
    description = "Removes backdoors from image classifiers.",
    versionProvider = ProductVersion.class,
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    exitCodeOnInvalidInput = 4,
    exitCodeOnExecutionException = 2)
public final class Main implements Runnable {
  private final CommandSpec spec;

  private Main() {
    spec = CommandSpec.forAnnotatedObject(this);
  }

  /** The command with all its sub-commands, ready to execute. */
  static CommandLine commandLine() {
    return new CommandLine(new Main().spec);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "No command given.");
  }

  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }
}
