package io.secateur.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

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
}
