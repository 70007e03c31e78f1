package io.secateur.fetch;

import io.secateur.data.BadData;
import io.secateur.run.AtomicFile;
import io.secateur.run.Progress;
import io.secateur.text.Reason;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Takes the wanted files out of a gzipped tar archive. A file is written under the name that is
 * known beforehand, never under one that the archive gives; what it claims about lengths is
 * checked.
 */
final class Unpacking {
  private static final int MAX_ENTRIES = 64;

  /** Headers, padding, and files that are not wanted. */
  private static final long SLACK = 1 << 20;

  private final RemoteArchive archive;
  private final Path folder;
  private final Progress progress;
  private final Map<String, ArchiveEntry> wanted = new HashMap<>();
  private final Set<String> written = new HashSet<>();
  private final byte[] buffer = new byte[1 << 16];
  private long before;

  private Unpacking(RemoteArchive archive, Path folder, Progress progress) {
    this.archive = archive;
    this.folder = folder;
    this.progress = progress;
    archive.entries().forEach(entry -> wanted.put(archive.folder() + "/" + entry.name(), entry));
  }

  /**
   * Writes every wanted file into {@code folder}, which exists.
   *
   * @throws BadData if the archive is damaged or cut off, holds what leads elsewhere, lacks a file,
   *     has one twice or of a length that is not accepted, or swells beyond what it may hold
   * @throws IOException naming the file if one cannot be written
   */
  static void of(InputStream packed, RemoteArchive archive, Path folder, Progress progress)
      throws IOException {
    new Unpacking(archive, folder, progress).run(packed);
  }

  private void run(InputStream packed) throws IOException {
    long limit = archive.unpackedBytes() + SLACK;
    progress.begin("unpack, MB", Megabytes.of(archive.unpackedBytes()));
    try (TarArchiveInputStream tar = open(packed, limit)) {
      int entries = 0;
      for (TarArchiveEntry entry = next(tar); entry != null; entry = next(tar)) {
        if (++entries > MAX_ENTRIES) {
          throw bad("has more than " + MAX_ENTRIES + " entries");
        }
        take(tar, entry);
      }
    }
    for (ArchiveEntry entry : archive.entries()) {
      if (!written.contains(entry.name())) {
        throw bad("lacks " + entry.name());
      }
    }
    progress.end("");
  }

  private TarArchiveInputStream open(InputStream packed, long limit) {
    try {
      return new TarArchiveInputStream(
          new Bounded(new GZIPInputStream(packed, 1 << 16), limit), StandardCharsets.UTF_8.name());
    } catch (IOException e) {
      throw damaged(e);
    }
  }

  private @Nullable TarArchiveEntry next(TarArchiveInputStream tar) {
    try {
      return tar.getNextEntry();
    } catch (IOException | IllegalArgumentException e) {
      throw damaged(e);
    }
  }

  private void take(TarArchiveInputStream tar, TarArchiveEntry entry) throws IOException {
    String name = entry.getName().replaceFirst("^(\\./)+", "");
    if (leadsElsewhere(name)) {
      throw bad("has an entry that leads out of its folder: " + shown(name));
    }
    if (entry.isSymbolicLink() || entry.isLink()) {
      throw bad("has a link: " + shown(name));
    }
    if (entry.isCharacterDevice() || entry.isBlockDevice() || entry.isFIFO()) {
      throw bad("has an entry that is no file: " + shown(name));
    }
    ArchiveEntry known = entry.isDirectory() ? null : wanted.get(name);
    if (known == null) {
      return;
    }
    if (!known.fits(entry.getSize())) {
      throw bad(known.name() + " has " + entry.getSize() + " bytes instead of " + known.accepted());
    }
    if (!written.add(known.name())) {
      throw bad("has " + known.name() + " twice");
    }
    write(tar, entry.getSize(), known);
  }

  private void write(TarArchiveInputStream tar, long size, ArchiveEntry known) throws IOException {
    Path target = folder.resolve(known.name());
    try (FileChannel channel =
        FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      copy(tar, size, known, Channels.newOutputStream(channel));
      channel.force(true);
    } catch (IOException e) {
      throw new IOException("cannot write " + target + ": " + AtomicFile.reason(e), e);
    }
  }

  private void copy(TarArchiveInputStream tar, long size, ArchiveEntry known, OutputStream out)
      throws IOException {
    long copied = 0;
    for (int read = read(tar); read >= 0; read = read(tar)) {
      copied += read;
      if (copied > size) {
        break;
      }
      out.write(buffer, 0, read);
      progress.advance(Megabytes.of(before + copied), known.name());
    }
    before += copied;
    if (copied != size) {
      throw bad(known.name() + " has not the " + size + " bytes that the archive claims");
    }
  }

  private int read(TarArchiveInputStream tar) {
    try {
      return tar.read(buffer);
    } catch (IOException e) {
      throw damaged(e);
    }
  }

  private static boolean leadsElsewhere(String name) {
    return name.startsWith("/")
        || name.startsWith("\\")
        || name.matches("^[A-Za-z]:.*")
        || Arrays.asList(name.split("[/\\\\]")).contains("..");
  }

  private static String shown(String name) {
    return name.length() > 60 ? name.substring(0, 60) + "…" : name;
  }

  private BadData damaged(Exception cause) {
    return bad("is damaged or cut off (" + Reason.of(cause) + ")");
  }

  private BadData bad(String cause) {
    return new BadData(archive.file(), cause, "the archive as it is published");
  }

  /** Ends a stream that swells beyond all that the archive may hold. */
  private final class Bounded extends FilterInputStream {
    private final long limit;
    private long total;

    Bounded(InputStream in, long limit) {
      super(in);
      this.limit = limit;
    }

    @Override
    public int read() throws IOException {
      int value = in.read();
      count(value < 0 ? 0 : 1);
      return value;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int read = in.read(bytes, offset, length);
      count(Math.max(read, 0));
      return read;
    }

    @Override
    public long skip(long bytes) throws IOException {
      long skipped = in.skip(Math.min(bytes, 1 << 16));
      count(skipped);
      return skipped;
    }

    private void count(long bytes) {
      total += bytes;
      if (total > limit) {
        throw bad("unpacks to more than " + limit + " bytes");
      }
    }
  }
}
