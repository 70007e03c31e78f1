package io.secateur.experiment;

import io.secateur.bench.Zoo;
import io.secateur.report.RepairResult;
import io.secateur.run.Progress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Runs a plan: trains what is to be trained, does the cells that have no result yet, and writes the
 * tables. Killed at any point, it goes on from there.
 */
public final class Benchmark {
  private final Plan plan;
  private final Path planFolder;
  private final ResultFolder folder;
  private final String product;

  /**
   * A benchmark of {@code plan}.
   *
   * @param planFolder what paths in the plan are relative to
   */
  public Benchmark(Plan plan, Path planFolder, ResultFolder folder, String product) {
    this.plan = plan;
    this.planFolder = planFolder;
    this.folder = folder;
    this.product = product;
  }

  /** How it ended: cells with a result, those of them that were done now, those that failed. */
  public record Summary(int finished, int now, List<CellFailure> failures) {
    /** Copies the list. */
    public Summary {
      failures = List.copyOf(failures);
    }
  }

  /**
   * Runs what is left.
   *
   * @param says hears a line about each cell that ends
   * @throws io.secateur.data.BadData if the plan asks for what does not exist; nothing is run then
   * @throws io.secateur.run.BadRunDirectory if another process is at work in the folder; likewise
   * @throws io.secateur.run.Interrupted if the user asked to stop
   */
  public Summary run(CellWorkers workers, Progress progress, Consumer<String> says)
      throws IOException {
    try (FolderLock lock = folder.lock()) {
      return run(cells(lock, progress, says), workers, progress, says);
    }
  }

  /**
   * The cells, when all models are there. Whatever can be refused is before the folder is made, and
   * before hours are spent on training. The images are in use no longer than this takes.
   */
  private List<Cell> cells(FolderLock lock, Progress progress, Consumer<String> says)
      throws IOException {
    Cells cells = Cells.of(plan, product);
    Subjects subjects =
        new Subjects(plan, planFolder, Zoo.ofTheProgram(), folder.models(), product);
    cells.checkTitles(subjects.names());
    if (subjects.someAreMissing()) {
      subjects.files().forEach(cells::check);
    }
    lock.take();
    return cells.on(subjects.all(progress, says));
  }

  private Summary run(List<Cell> all, CellWorkers workers, Progress progress, Consumer<String> says)
      throws IOException {
    folder.expect(new PlannedCells(plan.name(), all));
    List<Cell> todo = all.stream().filter(cell -> folder.result(cell.id()).isEmpty()).toList();
    Ledger ledger = new Ledger(all.size(), all.size() - todo.size(), says);
    try {
      workers.run(todo, folder, ledger, progress);
    } finally {
      tables();
    }
    return new Summary(ledger.finished, ledger.now, ledger.failures);
  }

  /** Writes the tables anew from the results that there are. */
  private void tables() throws IOException {
    List<CellResult> results = folder.results();
    if (!results.isEmpty()) {
      LeaderboardFiles.write(Leaderboard.of(plan.name(), results), results, folder);
    }
  }

  /** Puts outcomes in place and says so. */
  private final class Ledger implements CellWorkers.Outcomes {
    private final int total;
    private final Consumer<String> says;
    private final List<CellFailure> failures = new ArrayList<>();
    private int finished;
    private int now;

    Ledger(int total, int finished, Consumer<String> says) {
      this.total = total;
      this.finished = finished;
      this.says = says;
    }

    @Override
    public void found(CellResult result) {
      finished++;
      say(result.cell(), "is there already");
    }

    @Override
    public void done(CellResult result) {
      try {
        folder.keep(result);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      finished++;
      now++;
      say(result.cell(), outcome(result));
    }

    private void say(Cell cell, String what) {
      says.accept(
          String.format(
              Locale.ROOT,
              "[%d/%d] %s: %s",
              finished + failures.size(),
              total,
              cell.title(),
              what));
    }

    private static String outcome(CellResult result) {
      var ca = result.result().cleanAccuracy();
      String accuracy =
          String.format(Locale.ROOT, "CA %.2f -> %.2f", ca.before().value(), ca.after().value());
      String success =
          result
              .result()
              .trueAsr()
              .map(
                  asr ->
                      String.format(
                          Locale.ROOT,
                          ", ASR %.2f -> %.2f",
                          asr.before().value(),
                          asr.after().value()))
              .orElse("");
      String again =
          result
              .result()
              .stress()
              .flatMap(RepairResult.Stress::trueAsr)
              .map(asr -> String.format(Locale.ROOT, ", taught again %.2f", asr.value()))
              .orElse("");
      return accuracy
          + success
          + again
          + String.format(Locale.ROOT, ", %.0f s", result.repairSeconds());
    }

    @Override
    public void failed(CellFailure failure) {
      try {
        folder.keep(failure);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      failures.add(failure);
      say(failure.cell(), "failed: " + failure.error());
    }
  }
}
