package io.secateur.cli;

import io.secateur.experiment.CellFailure;
import io.secateur.experiment.ResultFolder;
import io.secateur.experiment.Status;
import io.secateur.report.ResultJson;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bench status}: how far a benchmark is. */
@Command(
    name = "status",
    description =
        "Says which cells of a benchmark are done, failed or left, and how long they take.",
    mixinStandardHelpOptions = true)
final class BenchStatusCommand implements Callable<Integer> {
  private static final double MINUTE = 60;

  @Mixin private final CommonOptions common = new CommonOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(index = "0", paramLabel = "DIR", description = "Folder of a benchmark.")
  private Path folder = Path.of("");

  @Override
  public Integer call() {
    common.check();
    Status status = Status.of(new ResultFolder(folder));
    PrintWriter out = spec.commandLine().getOut();
    if (common.json()) {
      out.println(ResultJson.of(1, status));
    } else {
      print(out, status);
    }
    out.flush();
    return ExitCode.DONE;
  }

  private static void print(PrintWriter out, Status status) {
    out.printf(
        Locale.ROOT,
        "%s: %d of %d cells finished, %d begun, %d failed%n",
        Shown.text(status.name()),
        status.finished(),
        status.total(),
        status.begun(),
        status.failures().size());
    status
        .secondsLeft()
        .filter(seconds -> status.finished() < status.total())
        .ifPresent(seconds -> out.printf(Locale.ROOT, "about %.0f min left%n", seconds / MINUTE));
    status
        .defences()
        .forEach(
            (defence, count) ->
                out.printf(
                    Locale.ROOT,
                    "  %-24s %d / %d%n",
                    Shown.text(defence),
                    count.finished(),
                    count.total()));
    for (CellFailure failure : status.failures()) {
      out.printf(
          Locale.ROOT,
          "failed: %s: %s%n",
          Shown.text(failure.cell().title()),
          Shown.text(failure.error()));
    }
  }
}
