package io.secateur.text;

import java.io.EOFException;

/** What a library says went wrong, for the middle of a message of ours. */
public final class Reason {
  private Reason() {}

  /** The message of {@code failure}, or what its kind means where it has none. */
  public static String of(Throwable failure) {
    String message = failure.getMessage();
    if (message != null && !message.isBlank()) {
      return message;
    }
    return failure instanceof EOFException
        ? "it ends too early"
        : failure.getClass().getSimpleName();
  }
}
