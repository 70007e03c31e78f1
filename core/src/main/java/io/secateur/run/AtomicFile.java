package io.secateur.run;

import io.secateur.text.Reason;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Writes a whole file or nothing: the content goes to a temporary file beside the target, is forced
 * to the disk, and takes the target's name in one step. A reader never sees half a file, and a
 * failure leaves an older one as it was.
 */
public final class AtomicFile {
  private AtomicFile() {}

  /** What goes into the file. */
  @FunctionalInterface
  public interface Content {
    /** Writes everything to {@code out}; need not close or flush it. */
    void writeTo(OutputStream out) throws IOException;
  }

  /** A last look at a finished file before it takes its name. */
  @FunctionalInterface
  public interface Check {
    /** Throws if {@code finished} is not what it should be; nothing is left of it then. */
    void look(Path finished) throws IOException;
  }

  /** The same as {@link #write(Path, Content, Check)} without a check. */
  public static void write(Path target, Content content) throws IOException {
    write(target, content, finished -> {});
  }

  /**
   * Creates or replaces {@code target} with {@code content}. A symbolic link stays a link: what it
   * points to is replaced.
   *
   * @throws IOException if the folder is missing or read-only, the disk is full or the target is a
   *     folder, or {@code check} refuses; the message names {@code target} and the cause, and
   *     nothing is left behind. What {@code content} and {@code check} throw unchecked passes
   *     through, and nothing is left behind either.
   */
  public static void write(Path target, Content content, Check check) throws IOException {
    try {
      Path destination =
          Files.isSymbolicLink(target) ? target.toRealPath() : target.toAbsolutePath();
      Path folder = destination.getParent();
      if (folder == null || Files.isDirectory(destination)) {
        throw new IOException("it is a folder");
      }
      if (!Files.isDirectory(folder)) {
        throw new IOException("the folder " + folder + " does not exist");
      }
      replace(destination, folder, content, check);
    } catch (IOException e) {
      throw new IOException("cannot write " + target + ": " + reason(e), e);
    }
  }

  private static void replace(Path destination, Path folder, Content content, Check check)
      throws IOException {
    Path temporary =
        folder.resolve("." + destination.getFileName() + "." + UUID.randomUUID() + ".tmp");
    try {
      try (FileChannel channel =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        OutputStream out =
            new BufferedOutputStream(new Uncloseable(Channels.newOutputStream(channel)), 1 << 16);
        content.writeTo(out);
        out.flush();
        channel.force(true);
      }
      check.look(temporary);
      rename(temporary, destination);
      forceFolder(folder);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static void rename(Path temporary, Path destination) throws IOException {
    try {
      Files.move(temporary, destination, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(temporary, destination, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /**
   * Makes the new name itself survive a power cut, where the system can; Windows cannot open a
   * folder.
   */
  private static void forceFolder(Path folder) {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // The file is complete and in place; only its durability is the system's choice.
    }
  }

  /** Why it failed, in a few words that always name the cause. */
  public static String reason(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (e instanceof FileAlreadyExistsException taken) {
      return taken.getFile() + " is there and no folder";
    }
    if (e instanceof NoSuchFileException missing) {
      return missing.getFile() + " does not exist";
    }
    if (e instanceof FileSystemException named && named.getReason() != null) {
      return named.getReason();
    }
    return Reason.of(e);
  }

  /** Lets a content's wrapper, such as a zip stream, close itself without closing the file. */
  private static final class Uncloseable extends FilterOutputStream {
    Uncloseable(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }
}
