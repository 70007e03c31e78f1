package io.secateur.run;

import io.secateur.text.ForeignText;

/**
 * A folder that a run cannot be made or continued in. The message is one line: which file, what is
 * wrong, what would be accepted.
 */
public final class BadRunDirectory extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A refusal. */
  public BadRunDirectory(String message) {
    super(ForeignText.oneLine(message));
  }

  BadRunDirectory(String message, Throwable cause) {
    super(ForeignText.oneLine(message), cause);
  }
}
