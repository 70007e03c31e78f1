package io.secateur.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpHandler;
import io.secateur.bench.TinyDisk;
import io.secateur.data.BadData;
import io.secateur.data.Cifar10;
import io.secateur.data.Split;
import io.secateur.run.BadRunDirectory;
import io.secateur.run.Progress;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Downloads from a server on this machine that has the file, has it not, or has another one. */
class ArchiveDownloadTest {
  private static final byte[] PACKED = DownloadFolder.PACKED;
  private static final Map<String, String> TAG = DownloadFolder.TAG;

  private DownloadFolder folder = new DownloadFolder(Path.of(""));
  private Path temp = Path.of("");

  @BeforeEach
  void a_folder(@TempDir Path given) {
    temp = given;
    folder = new DownloadFolder(given.resolve("out"));
  }

  @Test
  void leaves_a_folder_that_the_reader_of_cifar10_reads() throws IOException {
    try (ArchiveServer server = ArchiveServer.answering(ArchiveServer.file(PACKED, TAG))) {
      Download download = folder.fetch(server);

      assertThat(download.received()).isEqualTo(PACKED.length);
      folder.assertComplete();
      assertThat(Cifar10.read(folder.out(), Split.TEST).size()).isEqualTo(20);
      assertThat(Cifar10.read(folder.out(), Split.TRAIN).classNames())
          .contains("airplane", "truck");
      assertThat(server.requests()).hasSize(1);
      assertThat(server.requests().get(0)).doesNotContainKey("Range");
    }
  }

  @Test
  void fetches_nothing_when_all_is_there() throws IOException {
    try (ArchiveServer server = ArchiveServer.answering(ArchiveServer.file(PACKED, TAG))) {
      folder.fetch(server);
      assertThat(folder.fetch(server).received()).isZero();
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void knows_the_files_without_their_folder_too() throws IOException {
    Files.createDirectories(folder.out());
    for (Map.Entry<String, byte[]> file : SmallArchive.files().entrySet()) {
      Files.write(folder.out().resolve(file.getKey()), file.getValue());
    }
    try (ArchiveServer server = ArchiveServer.answering(ArchiveServer.status(404, Map.of()))) {
      assertThat(folder.fetch(server)).isEqualTo(new Download(folder.out(), 0));
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void adds_what_is_missing_and_keeps_what_is_right() throws IOException {
    try (ArchiveServer server = ArchiveServer.answering(ArchiveServer.file(PACKED, TAG))) {
      folder.fetch(server);
      Path kept = folder.out().resolve(SmallArchive.FOLDER).resolve("data_batch_1.bin");
      Object before = Files.getLastModifiedTime(kept);
      Files.delete(kept.resolveSibling("test_batch.bin"));
      Files.writeString(kept.resolveSibling("mine.txt"), "mine");

      folder.fetch(server);

      assertThat(Files.getLastModifiedTime(kept)).isEqualTo(before);
      assertThat(kept.resolveSibling("mine.txt")).hasContent("mine");
      assertThat(kept.resolveSibling("test_batch.bin")).exists();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {12, 20 * 3073})
  void replaces_no_file_of_the_user(int bytes) throws IOException {
    Path taken = Files.createDirectories(folder.out().resolve(SmallArchive.FOLDER));
    Path mine = Files.write(taken.resolve("data_batch_2.bin"), new byte[bytes]);
    try (ArchiveServer server = ArchiveServer.answering(ArchiveServer.file(PACKED, TAG))) {
      assertThatThrownBy(() -> folder.fetch(server))
          .isInstanceOf(BadRunDirectory.class)
          .hasMessageContaining(mine.toString())
          .hasMessageContaining("another --out");
      assertThat(server.requests()).isEmpty();
    }
    assertThat(folder.names()).containsExactly(SmallArchive.FOLDER);
  }

  @Test
  void tries_again_when_the_server_is_busy() throws IOException {
    try (ArchiveServer server =
        ArchiveServer.answering(
            ArchiveServer.status(503, Map.of()), ArchiveServer.file(PACKED, TAG))) {
      folder.fetch(server);
      folder.assertComplete();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {404, 410, 403, 206, 416, 500})
  void says_what_a_server_answers_that_has_no_such_file(int status) throws IOException {
    try (ArchiveServer server = ArchiveServer.answering(ArchiveServer.status(status, Map.of()))) {
      assertThatThrownBy(() -> folder.fetch(server))
          .isInstanceOf(BadData.class)
          .hasMessageContaining(server.address() + ": ")
          .hasMessageContaining("(status " + status + ")");
      assertThat(server.requests()).hasSize(status == 500 ? 3 : 1);
      assertThat(folder.out()).isEmptyDirectory();
    }
  }

  @Test
  void says_at_once_that_there_is_no_server() throws IOException {
    URI nobody;
    try (ArchiveServer server = ArchiveServer.answering(ArchiveServer.status(404, Map.of()))) {
      nobody = server.address();
    }
    DownloadRequest request =
        new DownloadRequest(
            SmallArchive.identity(PACKED, nobody), nobody, folder.out(), DownloadFolder.SHORT);
    assertThatThrownBy(() -> ArchiveDownload.of(request, Progress.SILENT))
        .isInstanceOf(BadData.class)
        .hasMessageContaining(nobody + ": the connection is refused")
        .hasMessageNotContaining("tries");
    assertThat(folder.out()).isEmptyDirectory();
  }

  @Test
  void refuses_another_file_before_it_comes() throws IOException {
    try (ArchiveServer server =
        ArchiveServer.answering(ArchiveServer.file(new byte[77], Map.of()))) {
      assertThatThrownBy(() -> folder.fetch(server))
          .isInstanceOf(BadData.class)
          .hasMessageContaining("offers another file (77 bytes)");
      assertThat(folder.out()).isEmptyDirectory();
    }
  }

  @Test
  void never_keeps_more_than_the_file_has() throws IOException {
    HttpHandler endless =
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          for (int k = 0; k < 100; k++) {
            exchange.getResponseBody().write(PACKED);
          }
        };
    try (ArchiveServer server = ArchiveServer.answering(endless)) {
      assertThatThrownBy(() -> folder.fetch(server))
          .isInstanceOf(BadData.class)
          .hasMessageContaining("sends more than the file has");
      assertThat(folder.out()).isEmptyDirectory();
    }
  }

  @Test
  void deletes_what_has_the_wrong_checksum() throws IOException {
    byte[] damaged = Arrays.copyOf(PACKED, PACKED.length);
    damaged[1000] ^= 1;
    try (ArchiveServer server =
        ArchiveServer.answering(
            ArchiveServer.file(damaged, TAG), ArchiveServer.file(PACKED, TAG))) {
      assertThatThrownBy(() -> folder.fetch(server))
          .isInstanceOf(BadData.class)
          .hasMessageContaining(SmallArchive.sha256(damaged))
          .hasMessageContaining("expected " + SmallArchive.sha256(PACKED))
          .hasMessageContaining("the next try starts over");
      assertThat(folder.out()).isEmptyDirectory();

      folder.fetch(server);
      assertThat(server.requests().get(1)).doesNotContainKey("Range");
      folder.assertComplete();
    }
  }

  @Test
  void keeps_a_second_download_out() throws IOException {
    Files.createDirectories(folder.out());
    try (ArchiveServer server = ArchiveServer.answering(ArchiveServer.file(PACKED, TAG));
        FileChannel other =
            FileChannel.open(folder.part(), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      other.lock();
      assertThatThrownBy(() -> folder.fetch(server))
          .isInstanceOf(BadRunDirectory.class)
          .hasMessageContaining("another download is at work");
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void says_beforehand_that_the_disk_has_no_room() throws IOException {
    try (TinyDisk disk = TinyDisk.at(temp.resolve("disk"), 400);
        ArchiveServer server = ArchiveServer.answering(ArchiveServer.file(PACKED, TAG))) {
      assertThatThrownBy(() -> new DownloadFolder(disk.path("out")).fetch(server))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("No space left on device");
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void goes_on_after_the_disk_was_full() throws IOException {
    try (TinyDisk disk = TinyDisk.at(temp.resolve("disk"), 2000)) {
      HttpHandler filling =
          exchange -> {
            disk.resize(200);
            ArchiveServer.file(PACKED, TAG).handle(exchange);
          };
      try (ArchiveServer server =
          ArchiveServer.answering(filling, ArchiveServer.file(PACKED, TAG))) {
        Path out = disk.path("out");
        assertThatThrownBy(() -> new DownloadFolder(out).fetch(server))
            .isInstanceOf(IOException.class)
            .hasMessageContaining("cannot write " + out)
            .hasMessageContaining("No space left on device");
        disk.resize(2000);
        new DownloadFolder(out).fetch(server);
        assertThat(new DownloadFolder(out).names()).containsExactly(SmallArchive.FOLDER);
      }
    }
  }
}
