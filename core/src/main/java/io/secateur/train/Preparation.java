package io.secateur.train;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** Prepares the batch after the present one in a thread of its own. */
final class Preparation implements AutoCloseable {
  private final LongFunction<Batch> prepare;
  private final long end;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread worker = new Thread(task, "batches");
            worker.setDaemon(true);
            return worker;
          });
  private long next;
  private @Nullable Future<Batch> ahead;

  /**
   * Begins with the batch of step {@code first}.
   *
   * @param end the step after the last
   */
  Preparation(LongFunction<Batch> prepare, long first, long end) {
    this.prepare = prepare;
    this.next = first;
    this.end = end;
    begin();
  }

  private void begin() {
    long step = next++;
    ahead = step < end ? thread.submit(() -> prepare.apply(step)) : null;
  }

  /** The next batch; what its preparation threw. */
  Batch next() {
    if (ahead == null) {
      throw new IllegalStateException("there is no batch after the last");
    }
    try {
      Batch batch = ahead.get();
      begin();
      return batch;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a batch was prepared", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException("a batch could not be prepared", e.getCause());
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
