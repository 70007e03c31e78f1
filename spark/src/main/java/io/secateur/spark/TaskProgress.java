package io.secateur.spark;

import io.secateur.run.Interrupted;
import io.secateur.run.Progress;
import java.util.Map;
import org.apache.spark.TaskContext;

/** Tells nobody, and ends the work once Spark has given the task up. */
final class TaskProgress implements Progress {
  private final TaskContext task;

  TaskProgress(TaskContext task) {
    this.task = task;
  }

  @Override
  public void begin(String stage, long steps) {
    heed();
  }

  @Override
  public void advance(long done, String note) {
    heed();
  }

  @Override
  public void end(String summary) {}

  @Override
  public void event(String kind, Map<String, ?> values) {}

  private void heed() {
    if (task.isInterrupted()) {
      throw new Interrupted();
    }
  }
}
