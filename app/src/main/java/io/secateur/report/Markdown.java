package io.secateur.report;

/** Foreign text in Markdown. */
final class Markdown {
  private Markdown() {}

  /**
   * {@code foreign} as a code span: one line, in which neither HTML nor links nor any other mark
   * means anything. Not for cells of tables, where a vertical bar would.
   */
  static String code(String foreign) {
    String line = foreign.replaceAll("\\p{Cntrl}+", "?");
    int longest = 0;
    int run = 0;
    for (int i = 0; i < line.length(); i++) {
      run = line.charAt(i) == '`' ? run + 1 : 0;
      longest = Math.max(longest, run);
    }
    String fence = "`".repeat(longest + 1);
    // Blanks keep the fence apart from backquotes at the ends; a reader takes one off each side.
    return fence + " " + line + " " + fence;
  }
}
