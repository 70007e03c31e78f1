package io.secateur.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AtomicFileTest {
  @TempDir Path folder;

  @Test
  void creates_and_replaces() throws IOException {
    Path target = folder.resolve("result.json");

    AtomicFile.write(target, out -> out.write(bytes("one")));
    AtomicFile.write(target, out -> out.write(bytes("two")));

    assertThat(target).hasContent("two");
    assertThat(names()).containsExactly("result.json");
  }

  @Test
  void a_failing_content_leaves_the_old_file_and_nothing_else() throws IOException {
    Path target = Files.writeString(folder.resolve("result.json"), "old");

    assertThatThrownBy(
            () ->
                AtomicFile.write(
                    target,
                    out -> {
                      out.write(bytes("half"));
                      throw new IOException("No space left on device");
                    }))
        .isInstanceOf(IOException.class)
        .hasMessage("cannot write " + target + ": No space left on device");
    assertThatThrownBy(
            () ->
                AtomicFile.write(
                    target,
                    out -> {
                      throw new IllegalStateException("bug");
                    }))
        .isInstanceOf(IllegalStateException.class);

    assertThat(target).hasContent("old");
    assertThat(names()).containsExactly("result.json");
  }

  @Test
  void what_a_last_look_refuses_leaves_the_old_file_and_nothing_else() throws IOException {
    Path target = Files.writeString(folder.resolve("result.json"), "old");

    assertThatThrownBy(
            () ->
                AtomicFile.write(
                    target,
                    out -> out.write(bytes("new")),
                    finished -> {
                      assertThat(finished).hasContent("new");
                      throw new IOException("it is not what it should be");
                    }))
        .isInstanceOf(IOException.class)
        .hasMessage("cannot write " + target + ": it is not what it should be");

    assertThat(target).hasContent("old");
    assertThat(names()).containsExactly("result.json");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1 << 20})
  void a_full_disk_is_named_and_leaves_the_old_file_and_nothing_else(int size) throws IOException {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full), "skipped: no /dev/full");
    Path target = Files.writeString(folder.resolve("result.json"), "old");

    assertThatThrownBy(
            () ->
                AtomicFile.write(
                    target,
                    out -> {
                      out.write(new byte[size]);
                      Files.write(full, new byte[size]);
                    }))
        .isInstanceOf(IOException.class)
        .hasMessage("cannot write " + target + ": No space left on device");

    assertThat(target).hasContent("old");
    assertThat(names()).containsExactly("result.json");
  }

  @Test
  void a_folder_or_a_missing_folder_is_refused_by_name() {
    assertThatThrownBy(() -> AtomicFile.write(folder, out -> {}))
        .isInstanceOf(IOException.class)
        .hasMessage("cannot write " + folder + ": it is a folder");
    Path lost = folder.resolve("no").resolve("result.json");
    assertThatThrownBy(() -> AtomicFile.write(lost, out -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(lost.toString())
        .hasMessageContaining("does not exist");
  }

  @Test
  void a_link_stays_a_link() throws IOException {
    Path target = Files.writeString(folder.resolve("real.json"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("link.json"), target);

    AtomicFile.write(link, out -> out.write(bytes("new")));

    assertThat(link).isSymbolicLink();
    assertThat(target).hasContent("new");
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
