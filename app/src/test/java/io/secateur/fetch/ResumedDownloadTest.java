package io.secateur.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpHandler;
import io.secateur.data.BadData;
import io.secateur.run.Interrupted;
import io.secateur.run.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Downloads that were cut off, interrupted or put off: they go on where that is safe. */
class ResumedDownloadTest {
  private static final byte[] PACKED = DownloadFolder.PACKED;
  private static final Map<String, String> TAG = DownloadFolder.TAG;

  private DownloadFolder folder = new DownloadFolder(Path.of(""));

  @BeforeEach
  void a_folder(@TempDir Path given) {
    folder = new DownloadFolder(given.resolve("out"));
  }

  @Test
  void goes_on_where_the_connection_broke_off() throws IOException {
    try (ArchiveServer server =
        ArchiveServer.answering(
            ArchiveServer.cutAfter(100_000, PACKED, TAG), ArchiveServer.file(PACKED, TAG))) {
      assertThat(folder.fetch(server).received()).isEqualTo(PACKED.length);

      assertThat(server.requests()).hasSize(2);
      assertThat(server.requests().get(1).getFirst("If-Range")).isEqualTo("\"first\"");
      assertThat(rangeStart(server, 1)).isBetween(1, 100_000);
      folder.assertComplete();
    }
  }

  @Test
  void goes_on_after_an_interruption_with_the_next_call() throws IOException {
    try (ArchiveServer server = ArchiveServer.answering(ArchiveServer.file(PACKED, TAG))) {
      assertThatThrownBy(
              () -> folder.fetch(server, new Stopped("download, MB"), DownloadFolder.SHORT))
          .isInstanceOf(Interrupted.class);
      long kept = Files.size(folder.part());
      assertThat(kept).isBetween(1L, PACKED.length - 1L);
      assertThat(folder.out().resolve(SmallArchive.FOLDER)).doesNotExist();

      assertThat(folder.fetch(server).received()).isEqualTo(PACKED.length - kept);
      assertThat(rangeStart(server, 1)).isEqualTo((int) kept);
      folder.assertComplete();
    }
  }

  @Test
  void unpacks_again_without_fetching_when_it_was_stopped_there() throws IOException {
    try (ArchiveServer server = ArchiveServer.answering(ArchiveServer.file(PACKED, TAG))) {
      assertThatThrownBy(
              () -> folder.fetch(server, new Stopped("unpack, MB"), DownloadFolder.SHORT))
          .isInstanceOf(Interrupted.class);
      assertThat(folder.names())
          .containsExactly(
              folder.part().getFileName().toString(), folder.part().getFileName() + ".version");

      assertThat(folder.fetch(server).received()).isZero();
      assertThat(server.requests()).hasSize(1);
      folder.assertComplete();
    }
  }

  @Test
  void starts_over_where_the_file_has_changed_meanwhile() throws IOException {
    byte[] other = Arrays.copyOf(PACKED, PACKED.length);
    other[50] ^= 1;
    try (ArchiveServer server =
        ArchiveServer.answering(
            ArchiveServer.cutAfter(100_000, other, Map.of("ETag", "\"old\"")),
            ArchiveServer.file(PACKED, TAG))) {
      folder.fetch(server);

      assertThat(server.requests().get(1).getFirst("If-Range")).isEqualTo("\"old\"");
      folder.assertComplete();
    }
  }

  @Test
  void starts_over_where_a_server_goes_on_with_a_changed_file() throws IOException {
    try (ArchiveServer server =
        ArchiveServer.answering(
            ArchiveServer.cutAfter(100_000, new byte[PACKED.length], Map.of("ETag", "\"old\"")),
            ArchiveServer.heedlessOfVersions(PACKED, TAG))) {
      folder.fetch(server);
      assertThat(server.requests()).hasSize(3);
      folder.assertComplete();
    }
  }

  @Test
  void starts_over_where_the_server_knows_no_ranges() throws IOException {
    try (ArchiveServer server =
        ArchiveServer.answering(
            ArchiveServer.withoutRanges(PACKED, 100_000),
            ArchiveServer.withoutRanges(PACKED, PACKED.length))) {
      folder.fetch(server);
      assertThat(server.requests().get(1)).containsKey("Range").doesNotContainKey("If-Range");
      folder.assertComplete();
    }
  }

  @Test
  void starts_over_where_the_server_refuses_the_range() throws IOException {
    try (ArchiveServer server =
        ArchiveServer.answering(
            ArchiveServer.cutAfter(100_000, PACKED, Map.of()),
            ArchiveServer.status(416, Map.of()),
            ArchiveServer.file(PACKED, Map.of()))) {
      folder.fetch(server);
      assertThat(server.requests().get(2)).doesNotContainKey("Range");
      folder.assertComplete();
    }
  }

  @Test
  void gives_up_after_so_many_tries_and_keeps_what_came() throws IOException {
    try (ArchiveServer server =
        ArchiveServer.answering(ArchiveServer.cutAfter(1000, PACKED, TAG))) {
      assertThatThrownBy(() -> folder.fetch(server))
          .isInstanceOf(BadData.class)
          .hasMessageContaining(server.address() + ": ")
          .hasMessageContaining("(3 tries)")
          .hasMessageContaining(" of " + PACKED.length + " bytes are kept")
          .hasMessageContaining("the same command goes on from here");
      assertThat(server.requests()).hasSize(3);
      assertThat(Files.size(folder.part())).isBetween(1L, 3000L);
    }
  }

  @Test
  void gives_up_on_a_server_that_falls_silent() throws IOException {
    HttpHandler silent =
        exchange -> {
          ArchiveServer.cutAfter(1000, PACKED, TAG).handle(exchange);
          sleep();
        };
    Patience patience =
        new Patience(2, Duration.ZERO, Duration.ofSeconds(5), Duration.ofMillis(300));
    try (ArchiveServer server = ArchiveServer.answering(silent)) {
      assertThatThrownBy(() -> folder.fetch(server, Progress.SILENT, patience))
          .isInstanceOf(BadData.class)
          .hasMessageContaining("nothing came any more (2 tries)");
    }
  }

  private static void sleep() {
    try {
      Thread.sleep(3000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static int rangeStart(ArchiveServer server, int request) {
    return Integer.parseInt(
        server.requests().get(request).getFirst("Range").replaceAll("bytes=(\\d+)-", "$1"));
  }

  /** Stops at the first step of a stage. */
  private static final class Stopped implements Progress {
    private final String stage;
    private boolean there;

    Stopped(String stage) {
      this.stage = stage;
    }

    @Override
    public void begin(String name, long steps) {
      there = name.equals(stage);
    }

    @Override
    public void advance(long done, String note) {
      if (there && done > 0) {
        throw new Interrupted();
      }
    }

    @Override
    public void end(String summary) {}

    @Override
    public void event(String kind, Map<String, ?> values) {}
  }
}
