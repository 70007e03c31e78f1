package io.secateur.experiment;

import io.secateur.experiment.Leaderboard.Entry;
import io.secateur.experiment.Leaderboard.NetworkFigures;
import io.secateur.experiment.Leaderboard.Row;
import io.secateur.report.HtmlPage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What the page of a leaderboard shows, in the words it is shown in. The template escapes every
 * text.
 *
 * @param columns of the ranking
 * @param ranking the best first
 * @param legend of the ranking
 * @param matrix success left and accuracy lost by network
 * @param charts data of the charts as JSON that is safe inside a script element
 */
public record LeaderboardPage(
    String title,
    String subtitle,
    List<Column> columns,
    List<Ranked> ranking,
    String legend,
    boolean hasInfected,
    List<Network> networks,
    List<MatrixRow> matrix,
    List<Time> times,
    String charts) {
  private static final double REPAIRED = 5;
  private static final double HALFWAY = 50;
  private static final double SMALL_LOSS = 1;
  private static final double LARGE_LOSS = 3;
  private static final String NONE = "–";

  /** A column's name and what it means. */
  public record Column(String name, String meaning, boolean number) {}

  /** A figure and what qualifies it. */
  public record Figure(String value, String small) {}

  /** A defence's line. */
  public record Ranked(String name, List<Figure> figures) {}

  /** A network as it came. */
  public record Network(String name, String figures) {}

  /** A figure of the matrix; the tone colours it: good, open, bad or none. */
  public record MatrixCell(String value, String small, String tone) {}

  /** A defence's line of the matrix. */
  public record MatrixRow(String name, List<MatrixCell> cells) {}

  /** How long a defence takes; {@code share} of the longest in percent. */
  public record Time(String name, String seconds, String forwards, String share) {}

  /** A leaderboard as a page of HTML. */
  static String of(Leaderboard board) {
    return HtmlPage.render("leaderboard", HtmlPage.COMMON_CHARTS, page(board));
  }

  private static LeaderboardPage page(Leaderboard board) {
    return new LeaderboardPage(
        board.name(),
        String.format(
            Locale.ROOT,
            "%d defences on %d infected and %d clean networks. No defence sees the trigger, a"
                + " poisoned image or a test image; every figure here is measured on test images"
                + " afterwards.",
            board.rows().size(),
            board.infected().size(),
            board.clean().size()),
        List.of(
            new Column("Defence", "the best first, by DER", false),
            new Column("ASR left", "mean over infected networks, in percent", true),
            new Column("worst", "highest of any run, in percent", true),
            new Column("CA lost", "mean over infected networks, in points", true),
            new Column("worst", "highest of any run, in points", true),
            new Column("DER", "defence effectiveness rating, 0 to 1", true),
            new Column("rank", "mean place over infected networks", true),
            new Column(
                "reactivation ASR",
                "the true trigger's once taught again, mean over infected networks, in percent",
                true),
            new Column(
                "synthetic",
                "the synthetic trigger's once taught again; small: the same for another label",
                true),
            new Column("sleeping", "share of runs whose backdoor only sleeps", true),
            new Column("clean CA lost", "mean over clean networks, in points", true),
            new Column("clean changed", "share of runs on clean networks", true)),
        board.rows().stream().map(LeaderboardPage::ranked).toList(),
        "Small figures are 95 % bootstrap intervals over networks and seeds. DER is (max(0, fall of"
            + " ASR) − max(0, loss of CA) + 1) / 2. Reactivation: the repaired network is fine-tuned with"
            + " a few images that carry a synthetic trigger, as low success today is no proof that the"
            + " backdoor is gone; a network that was left as it came counts as it is.",
        !board.infected().isEmpty(),
        board.networks().stream().map(LeaderboardPage::network).toList(),
        board.rows().stream().map(row -> matrixRow(row, board)).toList(),
        times(board.rows()),
        HtmlPage.embeddable(charts(board)));
  }

  private static Ranked ranked(Row row) {
    return new Ranked(
        row.defence(),
        List.of(
            interval(row.asr()),
            plain(row.worstAsr(), "%.2f"),
            interval(row.drop()),
            plain(row.worstDrop(), "%.2f"),
            plain(row.effectiveness(), "%.3f"),
            plain(row.meanRank(), "%.1f"),
            interval(row.reactivation()),
            row.retuned()
                .map(
                    retuned ->
                        new Figure(
                            text("%.2f", retuned.synthetic()),
                            text("control %.2f", retuned.control())))
                .orElse(new Figure(NONE, "")),
            plain(row.retuned().map(Leaderboard.Retuned::sleeping), "%.0f %%"),
            plain(row.cleanDrop(), "%.2f"),
            plain(row.cleanAccused(), "%.0f %%")));
  }

  private static Figure interval(Optional<Leaderboard.Mean> mean) {
    return mean.map(
            m ->
                new Figure(
                    text("%.2f", m.value()),
                    m.varies() ? text("%.2f to %.2f", m.low(), m.high()) : ""))
        .orElse(new Figure(NONE, ""));
  }

  private static Figure plain(Optional<Double> value, String format) {
    return new Figure(value.map(v -> text(format, v)).orElse(NONE), "");
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  private static Network network(NetworkFigures network) {
    String accuracy = text("CA %.2f", network.cleanAccuracy());
    return new Network(
        network.name(),
        network.trueAsr().map(asr -> text("ASR %.2f, ", asr) + accuracy).orElse(accuracy));
  }

  private static MatrixRow matrixRow(Row row, Leaderboard board) {
    return new MatrixRow(
        row.defence(),
        board.networks().stream()
            .map(
                network ->
                    Leaderboard.entry(row, network)
                        .map(LeaderboardPage::cell)
                        .orElse(new MatrixCell(NONE, "not done", "")))
            .toList());
  }

  private static MatrixCell cell(Entry entry) {
    double drop = entry.drop().value();
    String lost = drop <= SMALL_LOSS ? "good" : drop <= LARGE_LOSS ? "open" : "bad";
    if (entry.asr().isEmpty()) {
      String left = entry.left() == entry.runs() ? "left as it came" : "changed";
      return new MatrixCell(text("%.2f", drop), left, lost);
    }
    Leaderboard.Mean asr = entry.asr().get();
    String small =
        text("CA −%.2f", drop)
            + (entry.runs() > 1 ? text(" · %.1f to %.1f", asr.low(), asr.high()) : "");
    String tone =
        asr.value() > HALFWAY
            ? "bad"
            : asr.value() <= REPAIRED && drop <= LARGE_LOSS ? "good" : "open";
    return new MatrixCell(text("%.2f", asr.value()), small.replace("−-", "+"), tone);
  }

  private static List<Time> times(List<Row> rows) {
    double longest = rows.stream().mapToDouble(Row::seconds).max().orElse(1);
    List<Time> times = new ArrayList<>();
    for (Row row : rows) {
      times.add(
          new Time(
              row.defence(),
              text("%.0f s", row.seconds()),
              text("%,.0f forwards", row.imageForwards()),
              text("%.2f", 100 * row.seconds() / Math.max(longest, 1e-9))));
    }
    return times;
  }

  private static List<Map<String, Object>> charts(Leaderboard board) {
    List<Map<String, Object>> series = new ArrayList<>();
    for (Row row : board.rows()) {
      List<List<Object>> points = new ArrayList<>();
      for (Entry entry : row.entries()) {
        entry
            .asr()
            .ifPresent(
                asr -> points.add(List.of(entry.drop().value(), asr.value(), entry.network())));
      }
      series.add(Map.of("name", row.defence(), "points", points));
    }
    return series;
  }
}
