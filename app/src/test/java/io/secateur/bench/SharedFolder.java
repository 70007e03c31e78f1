package io.secateur.bench;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Finds real data sets and third-party networks that tests may use; they are no part of the
 * project.
 */
final class SharedFolder {
  private SharedFolder() {}

  /** A file or folder under {@code SECATEUR_DATA}; the test is skipped where it is absent. */
  static Path data(String relative) {
    return present(root().resolve(relative));
  }

  /** A file or folder under {@code checkpoints} beside the data; the test is skipped without. */
  static Path checkpoints(String relative) {
    return present(root().resolveSibling("checkpoints").resolve(relative));
  }

  private static Path root() {
    String given = System.getenv("SECATEUR_DATA");
    return given != null
        ? Path.of(given)
        : Path.of(System.getProperty("secateur.root", "."), "..", "shared", "data").normalize();
  }

  private static Path present(Path path) {
    assumeTrue(Files.exists(path), () -> "skipped: no " + path + "; set SECATEUR_DATA");
    return path;
  }
}
