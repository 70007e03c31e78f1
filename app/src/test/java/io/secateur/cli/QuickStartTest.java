package io.secateur.cli;

import static io.secateur.cli.Document.ROOT;
import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.cli.CommandRunner.Outcome;
import io.secateur.format.ModelFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The commands of the quick start that need no data, one after the other, as they stand there. */
@ExtendWith(OneThread.class)
class QuickStartTest {
  @TempDir private Path folder;

  @Test
  void a_stranger_gets_to_a_repaired_model() {
    List<String> commands = new ArrayList<>();
    for (String command : Document.read(ROOT.resolve("docs/quick-start.md")).commands()) {
      if (command.matches(".*(mine|repaired/|again)\\S*\\.onnx.*|.*examples/halves.*")) {
        commands.add(command);
      }
    }
    assertThat(commands).hasSize(6);

    List<Outcome> outcomes = commands.stream().map(this::run).toList();

    for (int i = 0; i < commands.size(); i++) {
      assertThat(outcomes.get(i).exitCode())
          .as(commands.get(i) + "\n" + outcomes.get(i).err())
          .isZero();
    }
    assertThat(outcomes.get(1).out()).contains("BACKDOORED", "<- backdoor");
    assertThat(outcomes.get(3).out()).contains("CLEAN:").doesNotContain("<- backdoor");
    assertThat(folder.resolve("repaired/report.html")).exists();
    assertThat(ModelFiles.read(folder.resolve("again.onnx")).weights())
        .isEqualTo(ModelFiles.read(folder.resolve("mine.onnx")).weights());
  }

  private Outcome run(String command) {
    return CommandRunner.run(
        Arrays.stream(Document.words(command)).map(this::here).toArray(String[]::new));
  }

  /** The word with its path below the source tree, or, if it is none of its own, our folder. */
  private String here(String word) {
    String kind = word.startsWith("folder:") ? "folder:" : "";
    String path = word.substring(kind.length());
    if (path.startsWith("examples/")) {
      return kind + ROOT.resolve(path);
    }
    boolean written = path.matches("(mine|again)\\.onnx|repaired(/.*)?");
    return written ? kind + folder.resolve(path) : word;
  }
}
