package io.secateur.spark;

import io.secateur.experiment.Cell;
import io.secateur.experiment.CellFailure;
import io.secateur.report.ResultJson;
import io.secateur.run.Interrupted;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;

/** A job for each cell, begun in the order of the cells and handed out in the order they end. */
final class CellJobs implements AutoCloseable {
  /** Jobs that Spark knows at a time; a thread waits for each. */
  private static final int IN_FLIGHT = 256;

  private static final long PATIENCE_MILLIS = 100;

  /**
   * How often one may ask once Spark has stopped. Ctrl-C stops it as well, at times before this
   * program has heard of it.
   */
  private static final int ASKING_AFTER_THE_END = 20;

  private final JavaSparkContext spark;
  private final ExecutorService waiting;
  private final CompletionService<Ended> jobs;
  private String lastWords = "no reason given";
  private int askedAfterTheEnd;

  private CellJobs(JavaSparkContext spark, int count) {
    this.spark = spark;
    this.waiting =
        Executors.newFixedThreadPool(
            Math.min(count, IN_FLIGHT),
            task -> {
              Thread thread = new Thread(task, "cell on Spark");
              thread.setDaemon(true);
              return thread;
            });
    this.jobs = new ExecutorCompletionService<>(waiting);
  }

  /** A cell that Spark is through with. */
  record Ended(Cell cell, Reply reply) {}

  /**
   * Connects to the cluster and hands it {@code cells}.
   *
   * @throws UncheckedIOException if Spark cannot start there
   */
  static CellJobs start(SparkConf conf, List<Cell> cells) {
    CellJobs jobs = new CellJobs(connected(conf), cells.size());
    for (Cell cell : cells) {
      jobs.jobs.submit(() -> jobs.ended(cell));
    }
    return jobs;
  }

  // Spark throws checked exceptions without saying so.
  private static JavaSparkContext connected(SparkConf conf) {
    try {
      return new JavaSparkContext(conf);
    } catch (Exception e) {
      String hint =
          firstLine(e).startsWith("Could not parse")
              ? "; expected the spark-submit of a Spark that knows it, see docs/spark.md"
              : "";
      throw gone("cannot start on " + conf.get("spark.master"), firstLine(e) + hint, e);
    }
  }

  private Ended ended(Cell cell) throws Exception {
    String question = ResultJson.of(cell);
    spark.setJobGroup(cell.id(), cell.title(), true);
    try {
      String answer = spark.parallelize(List.of(question), 1).map(CellTask::run).collect().get(0);
      return new Ended(cell, Reply.read(answer));
    } catch (Exception e) {
      if (spark.sc().isStopped()) {
        throw e;
      }
      CellFailure failure = CellFailure.of(cell, e);
      return new Ended(cell, Reply.failed(new CellFailure(cell, firstLine(e), failure.trace())));
    }
  }

  /** Spark's messages go on with a trace. */
  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  /**
   * A cell that has ended; empty if none does for a while.
   *
   * @throws UncheckedIOException if the cluster has ended the whole run
   */
  Optional<Ended> next() {
    if (spark.sc().isStopped() && ++askedAfterTheEnd > ASKING_AFTER_THE_END) {
      throw gone("was stopped", lastWords, null);
    }
    try {
      Future<Ended> job = jobs.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
      return job == null ? Optional.empty() : Optional.of(job.get());
    } catch (ExecutionException e) {
      lastWords = e.getCause() instanceof Exception cause ? firstLine(cause) : lastWords;
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Interrupted();
    }
  }

  private static UncheckedIOException gone(String what, String why, @Nullable Exception cause) {
    return new UncheckedIOException("Spark " + what + ": " + why, new IOException(cause));
  }

  /** Ends what still runs and leaves the cluster. */
  @Override
  public void close() {
    waiting.shutdownNow();
    if (!spark.sc().isStopped()) {
      spark.sc().cancelAllJobs();
    }
    spark.close();
    CellTask.awaitIdle();
  }
}
