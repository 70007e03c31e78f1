package io.secateur.report;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * What a trigger does to the channels of a stage, as SVG: a row for each place, a column for each
 * channel number. Columns stand in the order of what the last row changes, so that places where the
 * same numbers change are dark on the same side.
 */
public final class ChangePicture {
  private static final int WIDTH = 720;
  private static final int LABEL = 190;
  private static final int ROW = 16;
  private static final int GAP = 3;
  private static final int LINE = 22;
  private static final int LEVELS = 10;

  private ChangePicture() {}

  /**
   * Rows under a heading; all of one length.
   *
   * @param heading such as the stage's name
   */
  public record Panel(String heading, List<Row> rows) {
    /** Copies the list. */
    public Panel {
      rows = List.copyOf(rows);
    }
  }

  /** A place and the change of its channels, in their order; not negative. */
  public record Row(String name, double[] change) {}

  /** An SVG document. */
  public static String of(List<Panel> panels) {
    StringBuilder body = new StringBuilder();
    int y = 0;
    for (Panel panel : panels) {
      y += LINE;
      text(body, 4, y - GAP - 3, "600", panel.heading());
      y = rows(body, panel.rows(), y);
      y += ROW;
    }
    return String.format(
        Locale.ROOT,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
            + " font-family=\"sans-serif\" font-size=\"12\" fill=\"#222\">%n"
            + "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>%n%s</svg>%n",
        LABEL + WIDTH,
        y,
        LABEL + WIDTH,
        y,
        body);
  }

  private static int rows(StringBuilder body, List<Row> rows, int top) {
    double[] last = rows.get(rows.size() - 1).change();
    int[] order =
        IntStream.range(0, last.length)
            .boxed()
            .sorted(Comparator.comparingDouble(c -> -last[c]))
            .mapToInt(Integer::intValue)
            .toArray();
    int y = top;
    for (Row row : rows) {
      text(body, 4, y + ROW - GAP - 1, "400", row.name());
      cells(body, row.change(), order, y);
      y += ROW + GAP;
    }
    return y;
  }

  /** One path for each shade: what changes most in the row is the darkest. */
  private static void cells(StringBuilder body, double[] change, int[] order, int y) {
    double most =
        Math.max(
            Double.MIN_NORMAL, IntStream.of(order).mapToDouble(c -> change[c]).max().orElse(0));
    double width = (double) WIDTH / order.length;
    body.append(
        String.format(
            Locale.ROOT,
            "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"#f3efe6\"/>%n",
            LABEL,
            y,
            WIDTH,
            ROW));
    for (int level = 1; level < LEVELS; level++) {
      StringBuilder path = new StringBuilder();
      for (int at = 0; at < order.length; at++) {
        int shade = Math.min(LEVELS - 1, (int) (LEVELS * change[order[at]] / most));
        if (shade == level) {
          path.append(
              String.format(
                  Locale.ROOT,
                  "M%.1f %dh%.1fv%dh-%.1fz",
                  LABEL + at * width,
                  y,
                  width,
                  ROW,
                  width));
        }
      }
      if (path.length() > 0) {
        body.append(
            String.format(
                Locale.ROOT,
                "<path d=\"%s\" fill=\"#8c1d0b\" fill-opacity=\"%.2f\"/>%n",
                path,
                level / (LEVELS - 1.0)));
      }
    }
  }

  private static void text(StringBuilder body, int x, int y, String weight, String text) {
    body.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%d\" y=\"%d\" font-weight=\"%s\">%s</text>%n",
            x,
            y,
            weight,
            text.replace("&", "&amp;").replace("<", "&lt;")));
  }
}
