package io.secateur.experiment;

import io.secateur.run.AtomicFile;
import io.secateur.run.BadRunDirectory;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a second process out of the folder of a benchmark. The file that is locked stays: whoever
 * deleted it might delete one that a third process has locked in the meantime.
 */
final class FolderLock implements AutoCloseable {
  private static final String FILE = ".lock";

  private final Path folder;
  private @Nullable FileChannel held;

  /** A lock on {@code folder}, not taken yet. */
  FolderLock(Path folder) {
    this.folder = folder;
  }

  /**
   * Takes it, and makes the folder if it is not there.
   *
   * @throws BadRunDirectory if another process has it, or the folder cannot be written to
   */
  void take() {
    try {
      Files.createDirectories(folder);
      held =
          FileChannel.open(
              folder.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (!locked(held)) {
        throw new BadRunDirectory(
            folder
                + ": another benchmark is at work in it; expected to wait for its end, or another"
                + " folder");
      }
    } catch (IOException e) {
      throw new BadRunDirectory(
          folder
              + ": cannot be written ("
              + AtomicFile.reason(e)
              + "); expected a folder that can");
    }
  }

  private static boolean locked(FileChannel file) throws IOException {
    try {
      FileLock lock = file.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      // Held by this very process: the same answer as for another one.
      return false;
    }
  }

  /** Lets others in, if it was taken. */
  @Override
  public void close() throws IOException {
    if (held != null) {
      held.close();
    }
  }
}
