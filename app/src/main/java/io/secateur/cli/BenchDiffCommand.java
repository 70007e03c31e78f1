package io.secateur.cli;

import io.secateur.experiment.Comparison;
import io.secateur.experiment.ResultFolder;
import io.secateur.report.ResultJson;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bench diff}: two benchmarks beside each other. */
@Command(
    name = "diff",
    description =
        "Compares two benchmarks cell by cell; exit code 1 if anything differs by more than"
            + " --tolerance.",
    mixinStandardHelpOptions = true)
final class BenchDiffCommand implements Callable<Integer> {
  @Mixin private final CommonOptions common = new CommonOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(index = "0", paramLabel = "A", description = "Folder of a benchmark.")
  private Path first = Path.of("");

  @Parameters(index = "1", paramLabel = "B", description = "Folder of another.")
  private Path second = Path.of("");

  @Option(
      names = "--tolerance",
      paramLabel = "POINTS",
      defaultValue = "0",
      description = "Differences that do not count, in points (default: ${DEFAULT-VALUE}).")
  private double tolerance;

  @Override
  public Integer call() {
    common.check();
    if (!(tolerance >= 0)) {
      throw CommandFailure.usage("--tolerance is " + tolerance + "; expected points, 0 or more");
    }
    Comparison comparison =
        Comparison.of(new ResultFolder(first).results(), new ResultFolder(second).results());
    PrintWriter out = spec.commandLine().getOut();
    if (common.json()) {
      out.println(ResultJson.of(1, comparison));
    } else {
      print(out, comparison);
    }
    out.flush();
    boolean same =
        comparison.onlyFirst().isEmpty()
            && comparison.onlySecond().isEmpty()
            && comparison.both().stream().noneMatch(pair -> pair.differs(tolerance));
    return same ? ExitCode.DONE : ExitCode.FINDING;
  }

  private void print(PrintWriter out, Comparison comparison) {
    comparison.onlyFirst().forEach(cell -> out.println("only in A  " + Shown.text(cell)));
    comparison.onlySecond().forEach(cell -> out.println("only in B  " + Shown.text(cell)));
    for (Comparison.Pair pair : comparison.both()) {
      if (pair.differs(tolerance)) {
        out.printf(
            Locale.ROOT,
            "%s %s  CA %+.2f%s, time x %.2f%n",
            pair.apart() ? "*" : " ",
            Shown.text(pair.cell()),
            pair.accuracy(),
            pair.asr().map(asr -> String.format(Locale.ROOT, ", ASR %+.2f", asr)).orElse(""),
            pair.seconds());
      }
    }
    out.printf(
        Locale.ROOT,
        "%d cells in both; B minus A: CA %+.3f, ASR %+.3f on average; * intervals apart%n",
        comparison.both().size(),
        comparison.meanAccuracy().orElse(0),
        comparison.meanAsr().orElse(0));
  }
}
