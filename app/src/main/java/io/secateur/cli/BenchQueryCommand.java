package io.secateur.cli;

import io.secateur.experiment.CellDatabase;
import io.secateur.experiment.ResultFolder;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bench query}: SQL on the results. */
@Command(
    name = "query",
    description = {
      "Answers a question in SQL (DuckDB) about the results of benchmarks. The table 'cells' has a"
          + " line for each cell; 'raw' has all that is in their files.",
      "Example: bench query results \"select defence, avg(asr_after) from cells group by 1\""
    },
    mixinStandardHelpOptions = true)
final class BenchQueryCommand implements Callable<Integer> {
  @Mixin private final CommonOptions common = new CommonOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(index = "0", paramLabel = "DIR", description = "Folder of a benchmark.")
  private Path folder = Path.of("");

  @Parameters(index = "1", paramLabel = "SQL", description = "A query.")
  private String sql = "";

  @Override
  public Integer call() {
    common.check();
    ResultFolder results = new ResultFolder(folder);
    results.expected();
    PrintWriter out = spec.commandLine().getOut();
    try (CellDatabase database = CellDatabase.of(results)) {
      out.print(common.json() ? database.json(sql) : database.csv(sql));
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage("SQL: " + e.getMessage());
    }
    out.flush();
    return ExitCode.DONE;
  }
}
