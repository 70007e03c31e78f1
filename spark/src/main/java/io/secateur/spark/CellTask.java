package io.secateur.spark;

import io.secateur.experiment.Cell;
import io.secateur.experiment.CellFailure;
import io.secateur.experiment.CellRun;
import io.secateur.report.ResultJson;
import io.secateur.run.Interrupted;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.spark.TaskContext;

/** What an executor does: one cell, told and answered in JSON. */
final class CellTask {
  /** An executor has nothing else that outlives a task; this keeps images between cells. */
  private static final CellRun CELLS = new CellRun();

  /**
   * One cell at a time in a process. The engine's number of threads and the generator behind
   * dropout belong to the process: of two cells beside each other, each could change the other's
   * result.
   */
  private static final ReentrantLock ENGINE = new ReentrantLock(true);

  private CellTask() {}

  /**
   * Does the cell in {@code json}. Whatever is wrong with the cell is part of the answer: Spark
   * would try an exception three times more, to no avail.
   *
   * @throws Interrupted if Spark gave the task up
   */
  static String run(String json) throws InterruptedException {
    Cell cell = ResultJson.read(json, Cell.class);
    TaskContext task = TaskContext.get();
    ENGINE.lockInterruptibly();
    try (TaskFolder folder = TaskFolder.create()) {
      return Reply.done(CELLS.run(cell, folder.run(), Optional.empty(), new TaskProgress(task)))
          .json();
    } catch (Interrupted e) {
      throw e;
    } catch (IOException
        | RuntimeException
        | LinkageError
        | OutOfMemoryError
        | StackOverflowError e) {
      if (task.isInterrupted()) {
        throw new Interrupted();
      }
      return Reply.failed(CellFailure.of(cell, e)).json();
    } finally {
      ENGINE.unlock();
    }
  }

  /**
   * Returns when no cell is at work in this process; one that Spark gave up ends at its next step.
   */
  static void awaitIdle() {
    ENGINE.lock();
    ENGINE.unlock();
  }
}
