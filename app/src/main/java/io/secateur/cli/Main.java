package io.secateur.cli;

import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;

/** Entry point of the command {@code secateur}. */
@Command(
    name = "secateur",
    description = "Removes backdoors from image classifiers.",
    versionProvider = ProductVersion.class,
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    exitCodeOnInvalidInput = ExitCode.USAGE,
    exitCodeOnExecutionException = ExitCode.INTERNAL,
    subcommands = {
      RepairCommand.class,
      ScanCommand.class,
      EvaluateCommand.class,
      InspectCommand.class,
      ApplyCommand.class,
      ConvertCommand.class,
      InfectCommand.class,
      ZooCommand.class,
      DemoCommand.class,
      DownloadCommand.class,
      BenchCommand.class,
      CompletionCommand.class
    },
    footerHeading = "%nExit codes:%n",
    footer = {
      "    0  done, and the policy is met",
      "    1  backdoor found (scan), or the policy is not met after the repair",
      "    2  internal error",
      "    3  unsupported or unreadable input",
      "    4  usage",
      "    5  inconclusive",
      "  130  interrupted; the same command goes on"
    })
public final class Main implements Runnable {
  private final CommandSpec spec;

  private Main() {
    spec = CommandSpec.forAnnotatedObject(this);
  }

  /** The command with all its sub-commands, ready to execute. */
  static CommandLine commandLine() {
    FailureReporter failures = new FailureReporter();
    return new CommandLine(new Main().spec)
        .setParameterExceptionHandler(failures)
        .setExecutionExceptionHandler(failures)
        .setExecutionStrategy(Main::delivered)
        .setCaseInsensitiveEnumValuesAllowed(true);
  }

  /** Runs the command; what could not be printed, as on a full disk, was not done. */
  private static int delivered(ParseResult line) {
    CommandLine command = line.commandSpec().commandLine();
    int exitCode = executed(line, command);
    if (command.getOut().checkError() || System.out.checkError()) {
      throw new ExecutionException(
          command,
          "unprinted",
          new CommandFailure(ExitCode.INTERNAL, "the result cannot be written to standard output"));
    }
    return exitCode;
  }

  /** An {@link Error}, which picocli reports nobody, would leave exit code 1: backdoor found. */
  private static int executed(ParseResult line, CommandLine command) {
    try {
      return new RunLast().execute(line);
    } catch (Error e) {
      throw new ExecutionException(command, "broken off", e);
    }
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "No command given.");
  }

  public static void main(String[] args) {
    Interruption.install();
    int exitCode = executed(() -> commandLine().execute(args));
    System.exit(exitCode);
  }

  private static int executed(Supplier<Integer> command) {
    try {
      return command.get();
    } finally {
      Interruption.commandDone();
    }
  }
}
