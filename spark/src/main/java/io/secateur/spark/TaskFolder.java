package io.secateur.spark;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A folder of an executor's machine that is gone when the task is over. */
final class TaskFolder implements AutoCloseable {
  private static final String PLACES = "SPARK_EXECUTOR_DIRS";
  private static final String PREFIX = "secateur-cell-";

  private final Path root;

  private TaskFolder(Path root) {
    this.root = root;
  }

  /**
   * A new one among the temporary files; where a worker has a place for its executors' files,
   * there, as it cleans up after an executor that is killed.
   */
  static TaskFolder create() throws IOException {
    return in(System.getenv(PLACES));
  }

  /** One in the first of {@code places}, which are written like a class path. */
  static TaskFolder in(@Nullable String places) throws IOException {
    return new TaskFolder(
        places == null || places.isEmpty()
            ? Files.createTempDirectory(PREFIX)
            : Files.createTempDirectory(Path.of(places.split(File.pathSeparator)[0]), PREFIX));
  }

  /** Where the cell keeps its state; not there yet. */
  Path run() {
    return root.resolve("run");
  }

  /** Deletes what it can: a result is not lost for a file that stays. */
  @Override
  public void close() {
    try (Stream<Path> tree = Files.walk(root)) {
      List<Path> leavesFirst = tree.sorted(Comparator.reverseOrder()).toList();
      for (Path path : leavesFirst) {
        Files.deleteIfExists(path);
      }
    } catch (IOException | UncheckedIOException e) {
      // It lies among temporary files, which others clean up.
    }
  }
}
