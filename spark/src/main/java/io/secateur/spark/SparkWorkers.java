package io.secateur.spark;

import io.secateur.experiment.Cell;
import io.secateur.experiment.CellWorkers;
import io.secateur.experiment.ResultFolder;
import io.secateur.run.Progress;
import java.util.List;
import java.util.Optional;
import org.apache.spark.SparkConf;

/**
 * Does cells on a cluster, each as a job of one task, so that a result is here as soon as it is
 * there. Spark repeats a task whose executor was lost; what is wrong with a cell is not repeated.
 */
final class SparkWorkers implements CellWorkers {
  private final MasterAddress master;

  SparkWorkers(MasterAddress master) {
    this.master = master;
  }

  @Override
  public void run(List<Cell> cells, ResultFolder folder, Outcomes outcomes, Progress progress) {
    if (cells.isEmpty()) {
      return;
    }
    int threads = cells.stream().mapToInt(Cell::threads).max().orElse(1);
    SparkConf conf = SparkSettings.of(master, threads, System.getenv());
    progress.begin("cells on Spark", cells.size());
    try (CellJobs jobs = CellJobs.start(conf, cells)) {
      String note = "";
      for (int done = 0; done < cells.size(); done++) {
        CellJobs.Ended ended = next(jobs, done, note, progress);
        note = ended.cell().title();
        tell(ended.reply(), outcomes);
      }
      progress.advance(cells.size(), note);
    }
    progress.end(cells.size() + " cells");
  }

  private static CellJobs.Ended next(CellJobs jobs, int done, String note, Progress progress) {
    while (true) {
      progress.advance(done, note); // here the user's wish to stop is heard
      Optional<CellJobs.Ended> ended = jobs.next();
      if (ended.isPresent()) {
        return ended.get();
      }
    }
  }

  private static void tell(Reply reply, Outcomes outcomes) {
    reply.result().ifPresent(outcomes::done);
    reply.failure().ifPresent(outcomes::failed);
  }
}
