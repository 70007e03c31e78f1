package io.secateur.data;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Finds the real data sets that tests may use; they are no part of the project. */
final class SharedData {
  private SharedData() {}

  /** A file or folder under {@code SECATEUR_DATA}; the test is skipped where it is absent. */
  static Path find(String relative) {
    String given = System.getenv("SECATEUR_DATA");
    Path root =
        given != null
            ? Path.of(given)
            : Path.of(System.getProperty("secateur.root", "."), "..", "shared", "data");
    Path path = root.resolve(relative).normalize();
    assumeTrue(Files.exists(path), () -> "skipped: no " + path + "; set SECATEUR_DATA");
    return path;
  }
}
