package io.secateur.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Whether a file can be made in a folder. */
final class Writable {
  private Writable() {}

  /** Tries it: permissions do not tell of all file systems and users. Nothing is left there. */
  static boolean is(@Nullable Path folder) {
    if (folder == null || !Files.isDirectory(folder)) {
      return false;
    }
    try {
      Files.delete(Files.createTempFile(folder, ".secateur-", ".tmp"));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether it is {@linkplain #is so} once the folders are made that are missing. */
  static boolean onceMade(@Nullable Path folder) {
    Path nearest = folder;
    while (nearest != null && !Files.exists(nearest)) {
      nearest = nearest.getParent();
    }
    return is(nearest);
  }
}
