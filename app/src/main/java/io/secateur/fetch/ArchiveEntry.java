package io.secateur.fetch;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A file that an archive must hold.
 *
 * @param name of the file, without a folder: letters, digits, dots, dashes and underscores
 * @param minimumBytes the least it may have, 0 or more
 * @param maximumBytes the most it may have, at least {@code minimumBytes}
 * @param sha256 of its content, in lower-case hexadecimal; empty if any content of that length will
 *     do
 */
public record ArchiveEntry(
    String name, long minimumBytes, long maximumBytes, Optional<String> sha256) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}");

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if one is not kept
   */
  public ArchiveEntry {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("no plain file name: " + name);
    }
    if (minimumBytes < 0 || maximumBytes < minimumBytes) {
      throw new IllegalArgumentException(name + ": " + minimumBytes + " to " + maximumBytes);
    }
    sha256.ifPresent(Sha256::check);
  }

  /** A file of exactly this length and content. */
  static ArchiveEntry exactly(String name, long bytes, String sha256) {
    return new ArchiveEntry(name, bytes, bytes, Optional.of(sha256));
  }

  /** Whether a file of that length can be this one. */
  boolean fits(long bytes) {
    return minimumBytes <= bytes && bytes <= maximumBytes;
  }

  /** The accepted lengths in words. */
  String accepted() {
    return minimumBytes == maximumBytes
        ? minimumBytes + " bytes"
        : minimumBytes + " to " + maximumBytes + " bytes";
  }
}
