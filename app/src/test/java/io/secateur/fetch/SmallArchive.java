package io.secateur.fetch;

import io.secateur.run.Progress;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** CIFAR-10 in small: batches of 20 images, in an archive of some hundred kilobytes. */
public final class SmallArchive {
  public static final String FOLDER = "cifar-10-batches-bin";
  private static final int RECORDS = 20;
  private static final int RECORD = 1 + 3 * 32 * 32;

  private SmallArchive() {}

  /** Something put into an archive. */
  @FunctionalInterface
  public interface Part {
    void writeTo(TarArchiveOutputStream tar) throws IOException;
  }

  /** The files by name; incompressible, so that the archive is not a single packet. */
  public static Map<String, byte[]> files() {
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (int batch = 1; batch <= 6; batch++) {
      byte[] content = new byte[RECORDS * RECORD];
      new Random(batch).nextBytes(content);
      for (int record = 0; record < RECORDS; record++) {
        content[record * RECORD] = (byte) (record % 10);
      }
      files.put(batch == 6 ? "test_batch.bin" : "data_batch_" + batch + ".bin", content);
    }
    String names = "airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n";
    files.put("batches.meta.txt", names.getBytes(StandardCharsets.US_ASCII));
    return files;
  }

  /** The archive as the official one is: a folder, the files, and a page that nobody needs. */
  public static byte[] packed() {
    List<Part> parts = new ArrayList<>();
    parts.add(tar -> put(tar, new TarArchiveEntry(FOLDER + "/"), new byte[0]));
    parts.addAll(wanted());
    parts.add(file(FOLDER + "/readme.html", new byte[88]));
    return packed(parts);
  }

  /** The files that are wanted. */
  public static List<Part> wanted() {
    List<Part> parts = new ArrayList<>();
    files().forEach((name, content) -> parts.add(file(FOLDER + "/" + name, content)));
    return parts;
  }

  public static Part file(String name, byte[] content) {
    return tar -> put(tar, new TarArchiveEntry(name, true), content);
  }

  public static void put(TarArchiveOutputStream tar, TarArchiveEntry entry, byte[] content)
      throws IOException {
    entry.setSize(content.length);
    tar.putArchiveEntry(entry);
    tar.write(content);
    tar.closeArchiveEntry();
  }

  public static byte[] packed(List<Part> parts) {
    return zipped(tar(parts));
  }

  static byte[] tar(List<Part> parts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, "UTF-8")) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
      for (Part part : parts) {
        part.writeTo(tar);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static byte[] zipped(byte[] tar) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
      zip.write(tar);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** What identifies {@code packed}, with the entries of the small data set. */
  public static RemoteArchive identity(byte[] packed, URI address) {
    List<ArchiveEntry> entries = new ArrayList<>();
    files()
        .forEach(
            (name, content) ->
                entries.add(
                    name.endsWith(".txt")
                        ? new ArchiveEntry(name, 1, 1024, Optional.empty())
                        : ArchiveEntry.exactly(name, content.length, sha256(content))));
    return new RemoteArchive(
        "cifar-10-binary.tar.gz", address, packed.length, sha256(packed), FOLDER, entries);
  }

  public static String sha256(byte[] content) {
    try {
      return Sha256.of(new ByteArrayInputStream(content), Progress.SILENT);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] firstHalf(byte[] content) {
    return Arrays.copyOf(content, content.length / 2);
  }
}
