package io.secateur.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Classes one by one: accuracy, and what is taken for what.
 *
 * @param rows accuracy per class, those that lost most first
 * @param matrices before and after; empty where there are too many classes to read
 * @param confusions the commonest mistakes, where there are no matrices
 * @param leftOut what is not shown; empty if nothing
 */
public record ClassSection(
    String summary,
    List<Row> rows,
    List<Matrix> matrices,
    List<Confused> confusions,
    String leftOut) {
  private static final int MOST_ROWS = 60;
  private static final int MOST_COLUMNS = 20;
  private static final int MOST_CONFUSIONS = 30;

  /** A class. */
  public record Row(
      String name, int images, String before, String after, String change, String tone) {}

  /** A matrix; each row is a class, each column an answer. */
  public record Matrix(String name, List<Line> lines) {}

  /** A row of a matrix. */
  public record Line(String name, List<Cell> cells) {}

  /** A count, and how much of its row it is, in percent. */
  public record Cell(int count, int share, boolean right) {}

  /** Images of one class that got another's label. */
  public record Confused(String from, String to, int before, int after) {}

  static ClassSection of(Evidence evidence) {
    List<List<Integer>> before = evidence.confusion().before();
    List<List<Integer>> after = evidence.confusion().after();
    int classes = before.size();
    List<Integer> order = new ArrayList<>();
    int worse = 0;
    for (int label = 0; label < classes; label++) {
      order.add(label);
      worse += after.get(label).get(label) < before.get(label).get(label) ? 1 : 0;
    }
    if (classes > MOST_ROWS) {
      order.sort(
          Comparator.comparingInt(
              label -> after.get(label).get(label) - before.get(label).get(label)));
    }
    List<Row> rows = order.stream().limit(MOST_ROWS).map(label -> row(evidence, label)).toList();
    boolean readable = classes <= MOST_COLUMNS;
    return new ClassSection(
        String.format(
            Locale.ROOT,
            "On %s of the hold-out part: %d of %s lost accuracy.",
            Shares.count(
                before.stream().flatMap(List::stream).mapToInt(n -> n).sum(), "clean image"),
            worse,
            Shares.count(classes, "class")),
        rows,
        readable
            ? List.of(matrix("Before", evidence, before), matrix("After", evidence, after))
            : List.of(),
        readable ? List.of() : confusions(evidence),
        classes > MOST_ROWS
            ? String.format(
                Locale.ROOT,
                "The %d classes that lost most of %d; evidence.json has all.",
                MOST_ROWS,
                classes)
            : "");
  }

  private static Row row(Evidence evidence, int label) {
    List<Integer> before = evidence.confusion().before().get(label);
    int images = before.stream().mapToInt(n -> n).sum();
    if (images == 0) {
      return new Row(evidence.called(label), 0, "–", "–", "–", "plain");
    }
    double old = 100.0 * before.get(label) / images;
    double now = 100.0 * evidence.confusion().after().get(label).get(label) / images;
    return new Row(
        evidence.called(label),
        images,
        Shares.percent(old),
        Shares.percent(now),
        Shares.signed(now - old),
        now < old ? "bad" : now > old ? "good" : "plain");
  }

  private static Matrix matrix(String name, Evidence evidence, List<List<Integer>> counts) {
    List<Line> lines = new ArrayList<>();
    for (int label = 0; label < counts.size(); label++) {
      int images = counts.get(label).stream().mapToInt(n -> n).sum();
      List<Cell> cells = new ArrayList<>();
      for (int answer = 0; answer < counts.size(); answer++) {
        int count = counts.get(label).get(answer);
        cells.add(
            new Cell(count, images == 0 ? 0 : Math.round(100f * count / images), label == answer));
      }
      lines.add(new Line(evidence.called(label), cells));
    }
    return new Matrix(name, lines);
  }

  private static List<Confused> confusions(Evidence evidence) {
    List<Confused> confusions = new ArrayList<>();
    List<List<Integer>> before = evidence.confusion().before();
    for (int label = 0; label < before.size(); label++) {
      for (int answer = 0; answer < before.size(); answer++) {
        int old = before.get(label).get(answer);
        int now = evidence.confusion().after().get(label).get(answer);
        if (label != answer && old + now > 0) {
          confusions.add(new Confused(evidence.called(label), evidence.called(answer), old, now));
        }
      }
    }
    confusions.sort(
        Comparator.comparingInt(confused -> -Math.max(confused.before, confused.after)));
    return confusions.stream().limit(MOST_CONFUSIONS).toList();
  }
}
