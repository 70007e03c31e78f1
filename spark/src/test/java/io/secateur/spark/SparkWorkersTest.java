package io.secateur.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.secateur.experiment.Benchmark;
import io.secateur.experiment.Cell;
import io.secateur.experiment.CellFailure;
import io.secateur.experiment.CellResult;
import io.secateur.experiment.CellWorkers;
import io.secateur.experiment.ResultFolder;
import io.secateur.experiment.ThisProcess;
import io.secateur.run.Interrupted;
import io.secateur.run.Progress;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A small benchmark by this process, by embedded Spark and by a real cluster: the same results. */
@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SparkWorkersTest {
  @TempDir private static Path shared;
  private static Path models = Path.of("");
  private static Map<String, JsonNode> expected = Map.of();

  @TempDir private Path temp;

  @BeforeAll
  static void run_in_this_process() throws Exception {
    SmallBenchmark here = new SmallBenchmark(shared.resolve("here"));
    models = here.folder().resolve("models");
    here.run(new ThisProcess(), models);
    expected = here.results();
    assertThat(expected).hasSize(SmallBenchmark.CELLS);
    assertThat(expected.values()).doesNotHaveDuplicates();
  }

  private static CellWorkers spark(String master) {
    return new SparkCluster().at(master);
  }

  @Test
  void embedded_spark_comes_to_the_same_results() throws Exception {
    SmallBenchmark benchmark = new SmallBenchmark(temp);

    Benchmark.Summary summary = benchmark.run(spark("local[2]"), models);

    assertThat(summary.failures()).isEmpty();
    assertThat(benchmark.results()).isEqualTo(expected);
  }

  @Test
  void a_cell_that_fails_is_told_and_the_others_finish() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    CellWorkers oneBroken =
        (cells, folder, outcomes, progress) -> {
          List<Cell> broken = new ArrayList<>(cells);
          broken.set(0, elsewhere(broken.get(0), "/nowhere/model.safetensors"));
          spark("local[2]").run(broken, folder, counted(outcomes, calls), progress);
        };
    SmallBenchmark benchmark = new SmallBenchmark(temp);

    Benchmark.Summary summary = benchmark.run(oneBroken, models);

    assertThat(calls).hasValue(SmallBenchmark.CELLS);
    assertThat(summary.finished()).isEqualTo(SmallBenchmark.CELLS - 1);
    assertThat(summary.failures())
        .singleElement()
        .satisfies(failure -> assertThat(failure.error()).contains("model.safetensors"));
    assertThat(expected).containsAllEntriesOf(benchmark.results());
  }

  @Test
  void who_asks_to_stop_keeps_what_is_finished() throws Exception {
    AtomicInteger told = new AtomicInteger();
    CellWorkers interrupted =
        (cells, folder, outcomes, progress) ->
            spark("local[2]").run(cells, folder, counted(outcomes, told), stopAfter(told));
    SmallBenchmark benchmark = new SmallBenchmark(temp);

    assertThat(catchThrowable(() -> benchmark.run(interrupted, models)))
        .isInstanceOf(Interrupted.class);

    assertThat(benchmark.results()).hasSize(told.get());
    assertThat(told.get()).isLessThan(SmallBenchmark.CELLS);
    assertThat(expected).containsAllEntriesOf(benchmark.results());
  }

  @Test
  void nothing_to_do_starts_no_spark() {
    spark("spark://127.0.0.1:1")
        .run(List.of(), new ResultFolder(temp), new Refusing(), Progress.SILENT);
  }

  @Test
  void a_cluster_that_this_spark_does_not_know_is_an_error_in_a_line() {
    assertThatThrownBy(() -> new SmallBenchmark(temp).run(spark("yarn"), models))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("spark-submit")
        .hasMessageNotContaining("\n");
  }

  @Test
  @Tag("cluster")
  void a_cluster_that_loses_a_worker_comes_to_the_same_results() throws Exception {
    AtomicInteger killed = new AtomicInteger(-1);
    SmallBenchmark benchmark = new SmallBenchmark(temp.resolve("run"));
    try (StandaloneCluster cluster = StandaloneCluster.of(2, temp.resolve("cluster"))) {
      CellWorkers losing =
          (cells, folder, outcomes, progress) ->
              spark(cluster.address())
                  .run(
                      cells,
                      folder,
                      new Telling(outcomes) {
                        @Override
                        public void done(CellResult result) {
                          super.done(result);
                          if (killed.get() < 0) {
                            killed.set(cluster.kill(0));
                          }
                        }
                      },
                      progress);

      Benchmark.Summary summary = benchmark.run(losing, models);

      assertThat(summary.failures()).isEmpty();
    }
    assertThat(killed).as("executors of the worker that was killed").hasValue(1);
    assertThat(benchmark.results()).isEqualTo(expected);
  }

  private static Cell elsewhere(Cell cell, String file) {
    return new Cell(
        cell.id(),
        cell.model(),
        cell.attack(),
        cell.defence(),
        file,
        Optional.empty(),
        cell.architecture(),
        cell.preprocessing(),
        cell.key(),
        cell.data(),
        cell.cleanSize(),
        cell.method(),
        cell.set(),
        cell.paper(),
        cell.recover(),
        cell.maxCaDrop(),
        cell.maxAsr(),
        cell.seed(),
        cell.threads(),
        cell.stress(),
        cell.identity());
  }

  private static CellWorkers.Outcomes counted(CellWorkers.Outcomes outcomes, AtomicInteger calls) {
    return new Telling(outcomes) {
      @Override
      public void done(CellResult result) {
        super.done(result);
        calls.incrementAndGet();
      }

      @Override
      public void failed(CellFailure failure) {
        super.failed(failure);
        calls.incrementAndGet();
      }
    };
  }

  private static Progress stopAfter(AtomicInteger told) {
    return new Progress() {
      @Override
      public void begin(String stage, long steps) {}

      @Override
      public void advance(long done, String note) {
        if (told.get() > 0) {
          throw new Interrupted();
        }
      }

      @Override
      public void end(String summary) {}

      @Override
      public void event(String kind, Map<String, ?> values) {}
    };
  }

  /** Passes on. */
  private static class Telling implements CellWorkers.Outcomes {
    private final CellWorkers.Outcomes outcomes;

    Telling(CellWorkers.Outcomes outcomes) {
      this.outcomes = outcomes;
    }

    @Override
    public void done(CellResult result) {
      outcomes.done(result);
    }

    @Override
    public void failed(CellFailure failure) {
      outcomes.failed(failure);
    }
  }

  /** Of no outcome. */
  private static final class Refusing implements CellWorkers.Outcomes {
    @Override
    public void done(CellResult result) {
      throw new AssertionError(result);
    }

    @Override
    public void failed(CellFailure failure) {
      throw new AssertionError(failure);
    }
  }
}
