package io.secateur.experiment;

import io.secateur.run.Progress;
import java.util.List;

/** Who does the cells of a benchmark: this process, or many. */
public interface CellWorkers {
  /** What becomes of cells, in whatever order they end; calls do not overlap. */
  interface Outcomes {
    /** A cell came to a result. */
    void done(CellResult result);

    /** A cell needed not be done: its result came into the folder from elsewhere meanwhile. */
    default void found(CellResult result) {
      done(result);
    }

    /** A cell came to none; the others go on. */
    void failed(CellFailure failure);
  }

  /**
   * Does {@code cells} and tells {@code outcomes} of each as soon as it ends.
   *
   * @param folder where unfinished cells may keep their state
   * @throws io.secateur.run.Interrupted if the user asked to stop; what ended before was told
   */
  void run(List<Cell> cells, ResultFolder folder, Outcomes outcomes, Progress progress);
}
