package io.secateur.text;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Text from files that nobody vouches for, such as names of tensors, classes and files, made fit
 * for a terminal or a log: what would move a cursor, set colours, begin a line or turn the order of
 * what is read around is taken out of it.
 */
public final class ForeignText {
  private static final int LONGEST_QUOTE = 120;

  /** Controls of C0 and C1, formats such as marks of direction, ends of lines and paragraphs. */
  private static final Pattern INVISIBLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]+");

  private ForeignText() {}

  /** {@code text} as one line of a message: each run of such characters becomes a blank. */
  public static String oneLine(String text) {
    return INVISIBLE.matcher(text).replaceAll(" ");
  }

  /** {@code name} as it is shown among words of ours: each run becomes a question mark. */
  public static String shown(String name) {
    return INVISIBLE.matcher(name).replaceAll("?");
  }

  /** {@code name} in quotes, cut where it is long; such characters become their codes. */
  public static String quoted(String name) {
    StringBuilder shown = new StringBuilder("'");
    int end = Math.min(name.length(), LONGEST_QUOTE);
    for (int i = 0; i < end; i++) {
      char c = name.charAt(i);
      shown.append(isPlain(c) ? String.valueOf(c) : String.format(Locale.ROOT, "\\u%04x", (int) c));
    }
    return shown.append(end < name.length() ? "...'" : "'").toString();
  }

  /** The same document with such characters as escapes, but for the ends of its own lines. */
  public static String escaped(String json) {
    return INVISIBLE
        .matcher(json)
        .replaceAll(
            run -> {
              StringBuilder escapes = new StringBuilder();
              for (char c : run.group().toCharArray()) {
                escapes.append(
                    c == '\n' || c == '\r'
                        ? String.valueOf(c)
                        : String.format(Locale.ROOT, "\\\\u%04x", (int) c));
              }
              return escapes.toString();
            });
  }

  private static boolean isPlain(char c) {
    return Character.isDefined(c)
        && !Character.isSurrogate(c)
        && !INVISIBLE.matcher(String.valueOf(c)).matches();
  }
}
