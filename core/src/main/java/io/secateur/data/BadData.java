package io.secateur.data;

import io.secateur.text.ForeignText;

/**
 * Data that cannot be used. The message is one line: where, what is wrong, what would be accepted.
 */
public final class BadData extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int LONGEST_MESSAGE = 2000;

  /**
   * A refusal.
   *
   * @param where file, archive entry or specification at fault
   * @param cause what is wrong with it
   * @param accepted what would be accepted
   */
  public BadData(String where, String cause, String accepted) {
    super(oneLine(where + ": " + cause + "; expected " + accepted));
  }

  BadData(String where, String cause, String accepted, Throwable reason) {
    super(oneLine(where + ": " + cause + "; expected " + accepted), reason);
  }

  /** File names and messages of decoders may be long, hold line ends and terminal escapes. */
  private static String oneLine(String text) {
    String shown =
        text.length() <= LONGEST_MESSAGE ? text : text.substring(0, LONGEST_MESSAGE) + "...";
    return ForeignText.oneLine(shown);
  }
}
