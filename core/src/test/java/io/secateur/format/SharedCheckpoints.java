package io.secateur.format;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Finds real checkpoints of third parties that tests may read; they are no part of the project. */
final class SharedCheckpoints {
  private SharedCheckpoints() {}

  /**
   * A file in the folder {@code checkpoints} beside {@code SECATEUR_DATA}; the test is skipped
   * where it is absent.
   */
  static Path find(String relative) {
    String given = System.getenv("SECATEUR_DATA");
    Path data =
        given != null
            ? Path.of(given)
            : Path.of(System.getProperty("secateur.root", ".."), "..", "shared", "data");
    Path path = data.resolve("..").resolve("checkpoints").resolve(relative).normalize();
    assumeTrue(Files.exists(path), () -> "skipped: no " + path + "; set SECATEUR_DATA");
    return path;
  }
}
