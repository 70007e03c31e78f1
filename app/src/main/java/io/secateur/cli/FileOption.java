package io.secateur.cli;

import io.secateur.run.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A file that a command writes if it is asked to. */
final class FileOption {
  private FileOption() {}

  /** Refuses a place that cannot be written, before anything expensive is done. */
  static void check(String option, @Nullable Path file, Path model) {
    if (file == null) {
      return;
    }
    if (file.toString().isBlank()) {
      throw CommandFailure.usage(option + " is empty; expected a file");
    }
    if (same(file, model)) {
      throw CommandFailure.usage(option + ": " + file + ": is the model; expected another file");
    }
    Path folder = file.toAbsolutePath().normalize().getParent();
    if (Files.isDirectory(file) || !Writable.onceMade(folder)) {
      throw CommandFailure.usage(
          option + ": " + file + ": cannot be written; expected a name in a folder that can");
    }
  }

  private static boolean same(Path file, Path model) {
    try {
      return file.toAbsolutePath().normalize().equals(model.toAbsolutePath().normalize())
          || Files.exists(file) && Files.exists(model) && Files.isSameFile(file, model);
    } catch (IOException e) {
      // One of them cannot be looked at, and will be refused where it is read or written.
      return false;
    }
  }

  /**
   * Writes {@code text} and a line end, whole or not at all, in a folder that is made if need be.
   */
  static void write(@Nullable Path file, String text) throws IOException {
    if (file != null) {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      byte[] bytes = (text + "\n").getBytes(StandardCharsets.UTF_8);
      AtomicFile.write(file, out -> out.write(bytes));
    }
  }
}
