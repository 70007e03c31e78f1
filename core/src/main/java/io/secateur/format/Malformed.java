package io.secateur.format;

/**
 * What is wrong with a file, without its name: {@link ModelFiles} adds it and throws a {@link
 * BadModelFile}.
 */
final class Malformed extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int LONGEST_QUOTE = 120;

  Malformed(String message) {
    super(message);
  }

  Malformed(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * Text from a foreign file, fit for a terminal or a log: in quotes, cut, control characters shown
   * as codes.
   */
  static String quote(String foreign) {
    StringBuilder shown = new StringBuilder("'");
    int end = Math.min(foreign.length(), LONGEST_QUOTE);
    for (int i = 0; i < end; i++) {
      char c = foreign.charAt(i);
      boolean plain = c >= ' ' && c != 0x7f && Character.isDefined(c) && !isFormatting(c);
      shown.append(plain ? String.valueOf(c) : String.format("\\u%04x", (int) c));
    }
    return shown.append(end < foreign.length() ? "...'" : "'").toString();
  }

  /** A count or size as people say it: exact while short, then as a power of ten. */
  static String count(long value) {
    return value < 1_000_000_000L
        ? Long.toString(value)
        : String.format(java.util.Locale.ROOT, "%.3g", (double) value);
  }

  private static boolean isFormatting(char c) {
    int type = Character.getType(c);
    return type == Character.CONTROL || type == Character.FORMAT || type == Character.SURROGATE;
  }
}
