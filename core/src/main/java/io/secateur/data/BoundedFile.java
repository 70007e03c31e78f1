package io.secateur.data;

import io.secateur.text.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads whole files, of a folder or of a zip, that are refused when longer than a bound. Sizes that
 * a zip claims are not believed.
 */
final class BoundedFile {
  private BoundedFile() {}

  /** All bytes of {@code file}. */
  static byte[] bytes(Path file, int limit) {
    // Whoever opens a pipe waits for its other end.
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new BadData(describe(file), "is no regular file", "a readable file");
    }
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(limit + 1);
    } catch (IOException e) {
      throw new BadData(describe(file), "cannot be read (" + reason(e) + ")", "a readable file", e);
    }
    if (bytes.length > limit) {
      throw new BadData(describe(file), "is longer than " + limit + " bytes", "a shorter file");
    }
    return bytes;
  }

  /**
   * Lines of {@code file} that hold more than white space, stripped; UTF-8, in which faulty bytes
   * become U+FFFD.
   */
  static List<String> lines(Path file, int limit) {
    return new String(bytes(file, limit), StandardCharsets.UTF_8)
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .toList();
  }

  /** Path for messages; an entry of a zip as {@code archive.zip!/entry}. */
  static String describe(Path path) {
    return path.getFileSystem() == FileSystems.getDefault()
        ? path.toString()
        : path.getFileSystem() + "!" + path.toAbsolutePath();
  }

  /** The exception's message, or its kind where it has none or only repeats the file's name. */
  static String reason(Exception e) {
    return e instanceof java.nio.file.FileSystemException
        ? e.getClass().getSimpleName()
        : Reason.of(e);
  }
}
