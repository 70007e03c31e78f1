package io.secateur.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A folder of an executor's machine that is gone when the task is over. */
final class TaskFolder implements AutoCloseable {
  private final Path root;

  private TaskFolder(Path root) {
    this.root = root;
  }

  /** A new one among the temporary files. */
  static TaskFolder create() throws IOException {
    return new TaskFolder(Files.createTempDirectory("secateur-cell-"));
  }

  /** Where the cell keeps its state; not there yet. */
  Path run() {
    return root.resolve("run");
  }

  @Override
  public void close() throws IOException {
    try (Stream<Path> tree = Files.walk(root)) {
      List<Path> leavesFirst = tree.sorted(Comparator.reverseOrder()).toList();
      for (Path path : leavesFirst) {
        Files.deleteIfExists(path);
      }
    }
  }
}
