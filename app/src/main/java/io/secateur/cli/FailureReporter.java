package io.secateur.cli;

import io.secateur.data.BadData;
import io.secateur.format.BadModelFile;
import io.secateur.metric.NonFiniteScores;
import io.secateur.nn.NetworkMismatch;
import io.secateur.nn.UnknownArchitecture;
import io.secateur.run.BadRunDirectory;
import io.secateur.run.Interrupted;
import io.secateur.run.TimeSpent;
import io.secateur.text.ForeignText;
import io.secateur.train.TrainingDiverged;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import picocli.CommandLine;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Turns whatever ends a command early into one line on standard error and an exit code. */
final class FailureReporter implements IExecutionExceptionHandler, IParameterExceptionHandler {

  /** What an internal error ends with unless its trace follows. */
  static final String WHERE = " (-v shows where)";

  @Override
  public int handleParseException(ParameterException failure, String[] args) {
    CommandLine command = failure.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("secateur: " + oneLine(failure));
    if (command.getParent() == null && args.length == 0) {
      command.usage(err);
    } else {
      err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    }
    return ExitCode.USAGE;
  }

  @Override
  public int handleExecutionException(
      Exception failure, CommandLine command, ParseResult parseResult) {
    int exitCode = exitCode(failure);
    PrintWriter err = command.getErr();
    boolean unexpected = exitCode == ExitCode.INTERNAL && !(failure instanceof CommandFailure);
    boolean verbose = isVerbose(parseResult);
    if (failure.getCause() instanceof Error error && failure instanceof ExecutionException) {
      err.println("secateur: " + Breakdown.describe(error, verbose));
    } else if (failure instanceof Interrupted) {
      err.println("secateur: interrupted; the same command goes on from here if it has an --out");
    } else if (unexpected && !isInputOutput(failure)) {
      err.println(
          "secateur: internal error: "
              + failure.getClass().getSimpleName()
              + ": "
              + oneLine(failure)
              + (verbose ? "" : WHERE));
    } else {
      err.println("secateur: " + oneLine(failure));
    }
    if (verbose) {
      failure.printStackTrace(err);
    }
    return exitCode;
  }

  static int exitCode(Exception failure) {
    if (failure instanceof CommandFailure known) {
      return known.exitCode();
    }
    if (failure instanceof BadData
        || failure instanceof BadModelFile
        || failure instanceof NetworkMismatch
        || failure instanceof NonFiniteScores
        || failure instanceof UnknownArchitecture) {
      return ExitCode.UNREADABLE;
    }
    if (failure instanceof BadRunDirectory || failure instanceof TrainingDiverged) {
      return ExitCode.USAGE;
    }
    return failure instanceof Interrupted || failure instanceof TimeSpent
        ? ExitCode.INTERRUPTED
        : ExitCode.INTERNAL;
  }

  /** The option belongs to the innermost command, to which the result of the line only leads. */
  private static boolean isVerbose(ParseResult line) {
    ParseResult innermost = line;
    while (innermost.hasSubcommand()) {
      innermost = innermost.subcommand();
    }
    return innermost.hasMatchedOption("--verbose");
  }

  private static boolean isInputOutput(Exception failure) {
    return failure instanceof IOException || failure instanceof UncheckedIOException;
  }

  /** A message without line ends and control characters, whatever a hostile file put there. */
  static String oneLine(Throwable failure) {
    String message = failure.getMessage() == null ? "no message" : failure.getMessage();
    return ForeignText.oneLine(message).strip();
  }
}
