package io.secateur.cli;

import io.secateur.engine.Engine;
import io.secateur.run.Progress;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that every command has. */
final class CommonOptions {
  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Root of all randomness (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Processor threads to use (default: all).")
  private @Nullable Integer threads;

  @Option(names = "--json", description = "Print the result as one JSON object on standard output.")
  private boolean json;

  @Option(
      names = {"-q", "--quiet"},
      description = "No progress on standard error.")
  private boolean quiet;

  @Option(
      names = {"-v", "--verbose"},
      description = "Show where an error came from.")
  private boolean verbose;

  @Option(
      names = "--no-color",
      description = "No colours; so does a variable NO_COLOR in the environment.")
  private boolean noColor;

  long seed() {
    return seed;
  }

  boolean json() {
    return json;
  }

  boolean quiet() {
    return quiet;
  }

  boolean verbose() {
    return verbose;
  }

  boolean colour() {
    String environment = System.getenv("NO_COLOR");
    return !noColor && (environment == null || environment.isEmpty());
  }

  OptionalInt threads() {
    return threads == null ? OptionalInt.empty() : OptionalInt.of(threads);
  }

  /** Refuses what cannot be, before anything is done. */
  void check() {
    if (threads != null && (threads < 1 || threads > 1024)) {
      throw CommandFailure.usage(
          String.format(Locale.ROOT, "--threads is %d; expected 1 to 1024", threads));
    }
  }

  /** Sets the engine up; call once, after the checks. */
  void apply() {
    if (threads != null) {
      Engine.threads(threads);
    } else if (Engine.threads() == 1 && System.getenv("OMP_NUM_THREADS") == null) {
      // On some virtual machines the library sees a single core, however many there are.
      Engine.threads(Runtime.getRuntime().availableProcessors());
    }
  }

  /** Where a command says how far it is: a bar on a terminal, else lines; it heeds Ctrl-C. */
  Progress progress(PrintWriter err) {
    return progress(err, Double.POSITIVE_INFINITY);
  }

  /** The same, and ends the work after so many seconds. */
  Progress progress(PrintWriter err, double seconds) {
    if (quiet) {
      return new InterruptibleProgress(Progress.SILENT, seconds);
    }
    Progress shown =
        Terminal.onStandardError() ? new BarProgress(err, colour()) : new LineProgress(err);
    return new InterruptibleProgress(shown, seconds);
  }
}
