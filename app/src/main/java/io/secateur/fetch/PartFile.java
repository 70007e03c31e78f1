package io.secateur.fetch;

import io.secateur.run.AtomicFile;
import io.secateur.run.BadRunDirectory;
import java.io.Closeable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * What has come of a file so far. It survives the process, with the server's name for that version
 * of the file beside it, and a lock keeps a second process out.
 */
final class PartFile implements Closeable {
  private static final int LONGEST_VALIDATOR = 1024;

  private final Path path;
  private final Path validatorPath;
  private final FileChannel channel;
  private long length;
  private long received;

  private PartFile(Path path, FileChannel channel, long length) {
    this.path = path;
    this.validatorPath = path.resolveSibling(path.getFileName() + ".version");
    this.channel = channel;
    this.length = length;
  }

  /**
   * Goes on with {@code path}, or begins it.
   *
   * @throws BadRunDirectory if another process is writing it
   * @throws IOException naming the file and the cause if it cannot be written
   */
  static PartFile open(Path path) throws IOException {
    try {
      FileChannel channel =
          FileChannel.open(
              path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      try {
        FileLock lock = channel.tryLock();
        if (lock != null) {
          return new PartFile(path, channel, channel.size());
        }
      } catch (OverlappingFileLockException e) {
        // Held by this very process: the same answer as for another one.
      }
      channel.close();
    } catch (IOException e) {
      throw unwritable(path, e);
    }
    throw new BadRunDirectory(
        path
            + ": another download is at work on it; expected to wait for its end, or another --out");
  }

  /** Bytes that have come. */
  long length() {
    return length;
  }

  /** Bytes that were appended since the file was opened, also if they were given up later. */
  long received() {
    return received;
  }

  /** What the server called the version that these bytes are of; empty if it did not say. */
  Optional<String> validator() throws IOException {
    if (length == 0 || !Files.isRegularFile(validatorPath)) {
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(validatorPath)) {
      String text = new String(in.readNBytes(LONGEST_VALIDATOR), StandardCharsets.US_ASCII);
      return Optional.of(text)
          .filter(
              known ->
                  Answer.STRONG_TAG.matcher(known).matches()
                      || Answer.DATE.matcher(known).matches());
    }
  }

  /** Forgets what has come; what comes from now on is of that version. */
  void startOver(Optional<String> validator) throws IOException {
    Files.deleteIfExists(validatorPath);
    try {
      channel.truncate(0);
    } catch (IOException e) {
      throw unwritable(path, e);
    }
    length = 0;
    if (validator.isPresent()) {
      byte[] text = validator.get().getBytes(StandardCharsets.US_ASCII);
      AtomicFile.write(validatorPath, out -> out.write(text));
    }
  }

  /** Puts {@code content} at the end. */
  void append(ByteBuffer content) throws IOException {
    try {
      while (content.hasRemaining()) {
        int written = channel.write(content, length);
        length += written;
        received += written;
      }
    } catch (IOException e) {
      throw unwritable(path, e);
    }
  }

  /** All that has come, from its start; closing the stream leaves the file open. */
  InputStream read() throws IOException {
    channel.position(0);
    return new FilterInputStream(Channels.newInputStream(channel)) {
      @Override
      public void close() {}
    };
  }

  /** Lets go of the file, which is kept for the next try unless nothing has come. */
  @Override
  public void close() throws IOException {
    if (channel.isOpen()) {
      channel.close();
      if (length == 0) {
        delete();
      }
    }
  }

  /** Lets go of the file and deletes it. */
  void discard() throws IOException {
    channel.close();
    delete();
  }

  private void delete() throws IOException {
    Files.deleteIfExists(validatorPath);
    Files.deleteIfExists(path);
  }

  private static IOException unwritable(Path path, IOException cause) {
    return new IOException("cannot write " + path + ": " + AtomicFile.reason(cause), cause);
  }
}
