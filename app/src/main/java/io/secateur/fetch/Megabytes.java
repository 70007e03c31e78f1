package io.secateur.fetch;

/** The unit in which progress is shown: a million bytes. */
final class Megabytes {
  private Megabytes() {}

  /** Whole megabytes, begun ones counted. */
  static long of(long bytes) {
    return (bytes + 999_999) / 1_000_000;
  }
}
