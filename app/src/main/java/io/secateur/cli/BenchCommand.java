package io.secateur.cli;

import io.secateur.data.DataSpec;
import io.secateur.data.Split;
import io.secateur.experiment.Benchmark;
import io.secateur.experiment.CellWorkers;
import io.secateur.experiment.Cluster;
import io.secateur.experiment.Leaderboard;
import io.secateur.experiment.LeaderboardText;
import io.secateur.experiment.Plan;
import io.secateur.experiment.ResultFolder;
import io.secateur.experiment.ThisProcess;
import io.secateur.report.ResultJson;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bench PLAN}: many repairs, beside each other. */
@Command(
    name = "bench",
    description =
        "Runs a plan of repairs (models × defences × seeds) and makes a leaderboard of it. Whatever"
            + " is finished is not done again; the same command goes on where it was interrupted.",
    mixinStandardHelpOptions = true,
    subcommands = {
      BenchStatusCommand.class,
      BenchDiffCommand.class,
      BenchQueryCommand.class,
      BenchEngineCommand.class,
      BenchCompactCommand.class,
      BenchFineTuningCommand.class,
      BenchSearchCommand.class,
      BenchOverlapCommand.class,
      BenchUnlearningCommand.class
    })
final class BenchCommand implements Callable<Integer> {
  @Mixin private final CommonOptions common = new CommonOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "PLAN.yaml",
      description = "What to run; docs/bench.md says how it is written.")
  private @Nullable Path planFile;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      description = "Folder for the results.")
  private @Nullable Path out;

  @Option(
      names = "--data",
      paramLabel = "DATA",
      description = "Images instead of those that the plan names: " + DataOption.FORM + ".")
  private @Nullable String data;

  @Option(
      names = "--master",
      paramLabel = "URL",
      description = "Spark cluster that does the work, such as local[*] or spark://HOST:7077.")
  private @Nullable String master;

  @Override
  public Integer call() throws IOException {
    if (planFile == null || out == null) {
      throw new ParameterException(
          spec.commandLine(),
          planFile == null
              ? "Nothing to run given; expected PLAN.yaml --out DIR, or "
                  + String.join(", ", spec.commandLine().getSubcommands().keySet())
                  + "."
              : "Missing required option '--out=DIR'");
    }
    common.check();
    if (Files.exists(out) && !Files.isDirectory(out)) {
      throw CommandFailure.usage("--out: " + out + ": is a file; expected a folder");
    }
    if (spec.commandLine().getParseResult().hasMatchedOption("--seed")) {
      throw CommandFailure.usage(
          "--seed is "
              + common.seed()
              + ", which a plan does not take; expected 'seeds: ["
              + common.seed()
              + "]' in "
              + planFile);
    }
    Plan plan = Plan.read(planFile);
    checkThreads(plan);
    if (data != null) {
      DataSpec named = DataOption.parse("--data", data, Split.TEST);
      plan = plan.withData(named.kind().label() + ":" + named.location());
    }
    CellWorkers workers = workers();
    common.apply();
    ResultFolder folder = new ResultFolder(out);
    PrintWriter err = spec.commandLine().getErr();
    Path planFolder = planFile.toAbsolutePath().normalize().getParent();
    Benchmark.Summary summary =
        new Benchmark(
                plan,
                planFolder == null ? Path.of("") : planFolder,
                folder,
                ProductVersion.number())
            .run(workers, common.progress(err), line -> say(err, line));
    print(plan, folder, summary);
    return summary.failures().isEmpty() ? ExitCode.DONE : ExitCode.FINDING;
  }

  /** Threads of the plan go before those of the command line, which are for trainings too. */
  private void checkThreads(Plan plan) {
    int planned = plan.threads().orElse(0);
    int asked = common.threads().orElse(planned);
    if (planned > 0 && asked != planned && !plan.trains()) {
      throw CommandFailure.usage(
          "--threads is " + asked + ", but the plan says " + planned + "; expected one of them");
    }
  }

  private CellWorkers workers() {
    if (master == null) {
      return new ThisProcess();
    }
    Cluster cluster =
        Cluster.onTheClassPath()
            .orElseThrow(
                () ->
                    CommandFailure.usage(
                        "--master: the spark module is not on the class path; expected it to be"
                            + " built with 'mvn -Pspark package', see docs/spark.md"));
    try {
      return cluster.at(master);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage("--master: " + e.getMessage());
    }
  }

  private void say(PrintWriter err, String line) {
    if (!common.quiet()) {
      err.println(Shown.text(line));
      err.flush();
    }
  }

  private void print(Plan plan, ResultFolder folder, Benchmark.Summary summary) {
    PrintWriter standard = spec.commandLine().getOut();
    if (common.json()) {
      standard.println(ResultJson.of(1, summary));
    } else {
      if (summary.finished() > 0) {
        standard.println(LeaderboardText.columns(Leaderboard.of(plan.name(), folder.results())));
      }
      standard.printf(
          Locale.ROOT,
          "%d cells finished, %d of them now, %d failed; %s%n",
          summary.finished(),
          summary.now(),
          summary.failures().size(),
          folder.root().resolve("leaderboard.html"));
    }
    standard.flush();
  }
}
