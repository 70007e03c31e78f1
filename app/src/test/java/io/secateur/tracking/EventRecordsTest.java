package io.secateur.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.UnknownFieldSet;
import io.secateur.tracking.EventFile.Scalar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventRecordsTest {
  @TempDir private Path folder;

  /** What TensorBoard 2.21 wrote for a scalar summary "loss" of 0.5 at step 7, time 1.5. */
  private static final String BY_TENSORBOARD =
      "1a00000000000000129bd82d09000000000000f83f10072a0d0a0b0a046c6f7373150000003f79e18fbb";

  @Test
  void a_figure_is_what_tensorboard_itself_writes() {
    assertThat(HexFormat.of().formatHex(EventRecords.scalar(1.5, 7, "loss", 0.5)))
        .isEqualTo(BY_TENSORBOARD);
  }

  @Test
  void a_file_is_read_again_by_its_framing() throws IOException {
    TensorBoardFile tracker = new TensorBoardFile(folder, "repair");
    tracker.setting("units", "a|b");
    tracker.figure("agent/phi", -0.25, 3);
    tracker.figure("agent/phi", 0.5, 4);
    tracker.end(Tracker.End.STOPPED);

    List<Path> files = EventFile.below(folder);
    assertThat(files).singleElement().asString().contains("repair-");
    assertThat(EventFile.scalars(files.get(0)))
        .containsExactly(new Scalar("agent/phi", 3, -0.25f), new Scalar("agent/phi", 4, 0.5f));
    List<UnknownFieldSet> events = EventFile.events(Files.readAllBytes(files.get(0)));
    assertThat(EventFile.text(events.get(0), 3)).isEqualTo("brain.Event:2");
    UnknownFieldSet settings = EventFile.part(EventFile.part(events.get(1), 5), 1);
    assertThat(EventFile.text(settings, 1)).isEqualTo("settings");
    assertThat(EventFile.text(EventFile.part(settings, 8), 8)).contains("| units | a\\|b |");
    UnknownFieldSet end = EventFile.part(EventFile.part(events.get(4), 5), 1);
    assertThat(EventFile.text(EventFile.part(end, 8), 8)).isEqualTo("STOPPED");
  }

  @Test
  void two_runs_of_one_second_have_two_folders() throws IOException {
    for (int i = 0; i < 2; i++) {
      new TensorBoardFile(folder, "scan").end(Tracker.End.FINISHED);
    }
    assertThat(EventFile.below(folder)).hasSize(2);
  }

  @Test
  void a_folder_that_is_none_is_named() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    assertThatThrownBy(() -> new TensorBoardFile(file, "scan").flush())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot write in " + file);
  }
}
