package io.secateur.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.run.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The folder that a test downloads the small archive into. */
record DownloadFolder(Path out) {
  static final byte[] PACKED = SmallArchive.packed();
  static final Map<String, String> TAG = Map.of("ETag", "\"first\"");
  static final Patience SHORT =
      new Patience(3, Duration.ofMillis(10), Duration.ofSeconds(5), Duration.ofSeconds(5));

  Path part() {
    return out.resolve("cifar-10-binary.tar.gz.part");
  }

  Download fetch(ArchiveServer server) throws IOException {
    return fetch(server, Progress.SILENT, SHORT);
  }

  Download fetch(ArchiveServer server, Progress progress, Patience patience) throws IOException {
    RemoteArchive archive = SmallArchive.identity(PACKED, server.address());
    return ArchiveDownload.of(
        new DownloadRequest(archive, server.address(), out, patience), progress);
  }

  /** Asserts that the files are there, and nothing else. */
  void assertComplete() throws IOException {
    assertThat(names()).containsExactly(SmallArchive.FOLDER);
    Path folder = out.resolve(SmallArchive.FOLDER);
    try (Stream<Path> entries = Files.list(folder)) {
      assertThat(entries).hasSize(7);
    }
    for (Map.Entry<String, byte[]> file : SmallArchive.files().entrySet()) {
      assertThat(folder.resolve(file.getKey())).hasBinaryContent(file.getValue());
    }
  }

  List<String> names() throws IOException {
    try (Stream<Path> entries = Files.list(out)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }
}
