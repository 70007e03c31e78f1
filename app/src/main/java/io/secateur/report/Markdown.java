package io.secateur.report;

import io.secateur.text.ForeignText;

/** Foreign text in Markdown. */
final class Markdown {
  private Markdown() {}

  /**
   * {@code foreign} as a code span: one line, in which neither HTML nor links nor any other mark
   * means anything. Not for cells of tables, where a vertical bar would.
   */
  static String code(String foreign) {
    String line = ForeignText.shown(foreign);
    int longest = 0;
    int run = 0;
    for (int i = 0; i < line.length(); i++) {
      run = line.charAt(i) == '`' ? run + 1 : 0;
      longest = Math.max(longest, run);
    }
    String fence = "`".repeat(longest + 1);
    // A reader takes one blank off each side, and needs one between fence and backquote.
    boolean edged = line.isEmpty() || line.matches("(?s)[ `].*|.*[ `]");
    return edged ? fence + " " + line + " " + fence : fence + line + fence;
  }

  /**
   * {@code foreign} in the middle of a paragraph, as it is: every mark that would mean something
   * there is escaped.
   */
  static String text(String foreign) {
    return ForeignText.shown(foreign)
        .replaceAll("[\\\\`*_\\[\\]<>&|~]", "\\\\$0")
        .replace("://", "\\://")
        .replace("www.", "www\\.");
  }
}
