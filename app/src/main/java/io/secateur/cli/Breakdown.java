package io.secateur.cli;

import io.secateur.engine.EngineUnavailable;

/** What an {@link Error}, which the virtual machine or a class's initialiser threw, means. */
final class Breakdown {
  private Breakdown() {}

  /**
   * One line for whoever gave the command.
   *
   * @param traced whether the trace follows it
   */
  static String describe(Error error, boolean traced) {
    Throwable origin = origin(error);
    String message = FailureReporter.oneLine(origin);
    if (origin instanceof EngineUnavailable) {
      return message;
    }
    if (origin instanceof OutOfMemoryError) {
      return "out of memory ("
          + message
          + "); expected a larger limit, such as -Xmx4g in SECATEUR_JAVA_OPTS";
    }
    if (origin instanceof UnsatisfiedLinkError) {
      return "a native library cannot be loaded: " + message;
    }
    String kind = origin.getClass().getSimpleName();
    return "internal error: " + kind + ": " + message + (traced ? "" : FailureReporter.WHERE);
  }

  /** What made a class or library fail to load; the error itself if nothing did. */
  private static Throwable origin(Error error) {
    Throwable origin = error;
    while (origin instanceof LinkageError && origin.getCause() != null) {
      origin = origin.getCause();
    }
    return origin;
  }
}
