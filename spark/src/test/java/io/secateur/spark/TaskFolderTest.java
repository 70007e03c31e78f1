package io.secateur.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskFolderTest {
  @Test
  void nothing_is_left_of_it() throws IOException {
    Path run;
    try (TaskFolder folder = TaskFolder.create()) {
      run = folder.run();
      assertThat(run).doesNotExist();
      Files.createDirectories(run.resolve("deep"));
      Files.writeString(run.resolve("deep/state"), "half");
    }
    assertThat(run.getParent()).doesNotExist();
  }

  @Test
  void it_lies_where_the_worker_cleans_up(@TempDir Path first, @TempDir Path second)
      throws IOException {
    try (TaskFolder folder = TaskFolder.in(first + File.pathSeparator + second)) {
      assertThat(folder.run()).startsWithRaw(first);
    }
  }
}
