package io.secateur.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.secateur.data.BadData;
import io.secateur.run.Progress;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Archives that nobody would publish, with a checksum as if somebody had: each is refused by name
 * and cause, and nothing of it stays.
 */
class HostileArchiveTest {
  private static final String FIRST = SmallArchive.FOLDER + "/data_batch_1.bin";

  @TempDir private Path temp;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../evil.txt",
        "cifar-10-batches-bin/../../evil.txt",
        "cifar-10-batches-bin\\..\\..\\evil.txt",
        "/tmp/evil.txt",
        "\\evil.txt",
        "C:\\evil.txt",
        "C:/evil.txt"
      })
  void a_path_that_leads_elsewhere(String name) throws IOException {
    assertRefused(with(SmallArchive.file(name, new byte[9])), "leads out of its folder: " + name);
  }

  @ParameterizedTest
  @ValueSource(bytes = {TarConstants.LF_SYMLINK, TarConstants.LF_LINK})
  void a_link(byte kind) throws IOException {
    TarArchiveEntry link = new TarArchiveEntry(FIRST, kind);
    link.setLinkName("/etc/passwd");
    assertRefused(with(tar -> SmallArchive.put(tar, link, new byte[0])), "has a link: " + FIRST);
  }

  @ParameterizedTest
  @ValueSource(bytes = {TarConstants.LF_CHR, TarConstants.LF_BLK, TarConstants.LF_FIFO})
  void a_device(byte kind) throws IOException {
    TarArchiveEntry device = new TarArchiveEntry(FIRST, kind);
    assertRefused(
        with(tar -> SmallArchive.put(tar, device, new byte[0])),
        "has an entry that is no file: " + FIRST);
  }

  @Test
  void a_folder_in_place_of_a_file() throws IOException {
    List<SmallArchive.Part> parts = new ArrayList<>(SmallArchive.wanted());
    parts.set(0, tar -> SmallArchive.put(tar, new TarArchiveEntry(FIRST + "/"), new byte[0]));
    assertRefused(SmallArchive.packed(parts), "lacks data_batch_1.bin");
  }

  @Test
  void a_file_of_another_length() throws IOException {
    assertRefused(
        with(SmallArchive.file(FIRST, new byte[7])),
        "data_batch_1.bin has 7 bytes instead of 61460 bytes");
  }

  @Test
  void a_file_twice() throws IOException {
    assertRefused(with(SmallArchive.wanted().get(0)), "has data_batch_1.bin twice");
  }

  @Test
  void a_file_that_is_not_there() throws IOException {
    assertRefused(
        SmallArchive.packed(SmallArchive.wanted().subList(1, 7)), "lacks data_batch_1.bin");
  }

  @Test
  void a_length_that_goes_beyond_the_end() throws IOException {
    byte[] tar = SmallArchive.tar(SmallArchive.wanted().subList(0, 1));
    assertRefused(SmallArchive.zipped(Arrays.copyOf(tar, 20_000)), "is damaged or cut off");
  }

  @ParameterizedTest
  @ValueSource(strings = {"77777777777", "-1", "99999999999", "nonsense"})
  void a_length_that_lies(String octal) throws IOException {
    byte[] tar = SmallArchive.tar(SmallArchive.wanted());
    byte[] lie = Arrays.copyOf(octal.getBytes(StandardCharsets.US_ASCII), 12);
    System.arraycopy(lie, 0, tar, 124, lie.length);
    seal(tar);
    assertRefused(SmallArchive.zipped(tar), "data_batch_1.bin", "is damaged or cut off");
  }

  @Test
  void a_skipped_file_of_a_length_beyond_all_bounds() throws IOException {
    byte[] tar = SmallArchive.tar(List.of(SmallArchive.file("readme.html", new byte[88])));
    byte[] lie = "77777777777\0".getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(lie, 0, tar, 124, lie.length);
    seal(tar);
    assertRefused(SmallArchive.zipped(tar), "is damaged or cut off");
  }

  @Test
  void too_many_entries() throws IOException {
    List<SmallArchive.Part> parts = new ArrayList<>();
    for (int k = 0; k < 65; k++) {
      parts.add(SmallArchive.file("page" + k, new byte[0]));
    }
    assertRefused(SmallArchive.packed(parts), "has more than 64 entries");
  }

  @Test
  void a_name_beyond_all_bounds() throws IOException {
    TarArchiveEntry name = new TarArchiveEntry("name", TarConstants.LF_GNUTYPE_LONGNAME);
    assertRefused(
        with(tar -> SmallArchive.put(tar, name, new byte[4_000_000])), "unpacks to more than");
  }

  @Test
  void a_long_name_is_shown_in_part() throws IOException {
    assertRefused(
        with(SmallArchive.file("../" + "a".repeat(5_000), new byte[0])),
        "leads out of its folder: ../" + "a".repeat(57) + "…");
  }

  @Test
  void a_gzip_bomb_in_a_file_that_is_not_wanted() throws IOException {
    assertRefused(with(SmallArchive.file("zeros", new byte[50_000_000])), "unpacks to more than");
  }

  @Test
  void a_bomb_after_the_end() throws IOException {
    byte[] tar = SmallArchive.tar(SmallArchive.wanted().subList(0, 1));
    assertRefused(
        SmallArchive.zipped(Arrays.copyOf(tar, tar.length + 50_000_000)), "lacks", "unpacks to");
  }

  static Stream<byte[]> nothing_that_is_an_archive() {
    byte[] whole = SmallArchive.packed();
    byte[] flipped = whole.clone();
    flipped[whole.length / 2] ^= 64;
    return Stream.of(
        SmallArchive.firstHalf(whole),
        Arrays.copyOf(whole, 5),
        flipped,
        "<html>Please log in</html>".getBytes(StandardCharsets.US_ASCII),
        SmallArchive.zipped("not a tar".getBytes(StandardCharsets.US_ASCII)),
        SmallArchive.zipped(new byte[0]));
  }

  @ParameterizedTest
  @MethodSource("nothing_that_is_an_archive")
  void nothing_that_is_an_archive(byte[] packed) throws IOException {
    assertRefused(packed, "is damaged or cut off", "lacks data_batch_1.bin");
  }

  private static byte[] with(SmallArchive.Part first) {
    List<SmallArchive.Part> parts = new ArrayList<>(List.of(first));
    parts.addAll(SmallArchive.wanted());
    return SmallArchive.packed(parts);
  }

  /** Makes the first header's own sum right again. */
  private static void seal(byte[] tar) {
    Arrays.fill(tar, 148, 156, (byte) ' ');
    int sum = 0;
    for (int k = 0; k < 512; k++) {
      sum += tar[k] & 0xFF;
    }
    byte[] octal = String.format("%06o\0 ", sum).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(octal, 0, tar, 148, octal.length);
  }

  private void assertRefused(byte[] packed, String... anyOfTheseCauses) throws IOException {
    Path out = temp.resolve("out");
    try (ArchiveServer server = ArchiveServer.answering(ArchiveServer.file(packed, Map.of()))) {
      URI address = server.address();
      DownloadRequest request =
          new DownloadRequest(
              SmallArchive.identity(packed, address),
              address,
              out,
              new Patience(1, Duration.ZERO, Duration.ofSeconds(5), Duration.ofSeconds(5)));
      assertThatThrownBy(() -> ArchiveDownload.of(request, Progress.SILENT))
          .isInstanceOf(BadData.class)
          .hasMessageStartingWith("cifar-10-binary.tar.gz: ")
          .satisfies(e -> assertThat(e.getMessage()).containsAnyOf(anyOfTheseCauses));
    }
    assertThat(out).isEmptyDirectory();
    try (Stream<Path> left = Files.list(temp)) {
      assertThat(left).containsExactly(out);
    }
  }
}
