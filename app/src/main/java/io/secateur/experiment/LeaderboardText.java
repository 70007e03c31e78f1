package io.secateur.experiment;

import io.secateur.experiment.Leaderboard.Entry;
import io.secateur.experiment.Leaderboard.Mean;
import io.secateur.experiment.Leaderboard.NetworkFigures;
import io.secateur.experiment.Leaderboard.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** A leaderboard as text: columns for a terminal, or Markdown. */
public final class LeaderboardText {
  private static final double THOUSAND = 1000;

  private LeaderboardText() {}

  /** A table in cells: the first line names the columns. */
  record Table(List<List<String>> lines) {}

  /** For a terminal. */
  public static String columns(Leaderboard board) {
    return columns(summary(board)) + "\n" + columns(detail(board));
  }

  /** In Markdown. */
  public static String markdown(Leaderboard board) {
    return "# "
        + board.name()
        + "\n\n"
        + markdown(summary(board))
        + "\n95 % bootstrap intervals over networks and seeds in brackets. DER: defence effectiveness"
        + " rating, 0 to 1. Reactivation ASR: the true trigger's once the network was taught its"
        + " backdoor again with a few images that carry a synthetic trigger; beside it that"
        + " trigger's, and that of the same trigger for another label. Time and forward passes:"
        + " medians.\n\n"
        + markdown(detail(board))
        + "\nPer network: success rate left / points of clean accuracy lost, means over seeds; for"
        + " clean networks the points lost.\n";
  }

  /** A line for each defence. */
  static Table summary(Leaderboard board) {
    List<List<String>> lines = new ArrayList<>();
    lines.add(
        List.of(
            "defence",
            "ASR left",
            "worst",
            "CA lost",
            "worst",
            "DER",
            "mean rank",
            "reactivation ASR",
            "synthetic / control",
            "sleeping",
            "lost on clean",
            "clean changed",
            "seconds",
            "forwards/1000"));
    for (Row row : board.rows()) {
      lines.add(
          List.of(
              row.defence(),
              interval(row.asr()),
              two(row.worstAsr()),
              interval(row.drop()),
              two(row.worstDrop()),
              row.effectiveness().map(der -> String.format(Locale.ROOT, "%.3f", der)).orElse("–"),
              row.meanRank().map(rank -> String.format(Locale.ROOT, "%.1f", rank)).orElse("–"),
              interval(row.reactivation()),
              row.retuned()
                  .map(r -> String.format(Locale.ROOT, "%.2f / %.2f", r.synthetic(), r.control()))
                  .orElse("–"),
              row.retuned()
                  .map(r -> String.format(Locale.ROOT, "%.0f %%", r.sleeping()))
                  .orElse("–"),
              two(row.cleanDrop()),
              row.cleanAccused().map(a -> String.format(Locale.ROOT, "%.0f %%", a)).orElse("–"),
              String.format(Locale.ROOT, "%.0f", row.seconds()),
              String.format(Locale.ROOT, "%.0f", row.imageForwards() / THOUSAND)));
    }
    return new Table(lines);
  }

  /** A column for each network. */
  static Table detail(Leaderboard board) {
    List<List<String>> lines = new ArrayList<>();
    List<String> head = new ArrayList<>(List.of("defence"));
    board.networks().forEach(network -> head.add(network.name()));
    lines.add(head);
    lines.add(figures("as it came", board, LeaderboardText::before));
    for (Row row : board.rows()) {
      lines.add(
          figures(
              row.defence(),
              board,
              network -> Leaderboard.entry(row, network).map(LeaderboardText::after).orElse("–")));
    }
    return new Table(lines);
  }

  private static List<String> figures(
      String name, Leaderboard board, Function<NetworkFigures, String> figure) {
    List<String> line = new ArrayList<>(List.of(name));
    board.networks().forEach(network -> line.add(figure.apply(network)));
    return line;
  }

  private static String before(NetworkFigures network) {
    return network
        .trueAsr()
        .map(asr -> String.format(Locale.ROOT, "ASR %.2f, CA %.2f", asr, network.cleanAccuracy()))
        .orElse(String.format(Locale.ROOT, "CA %.2f", network.cleanAccuracy()));
  }

  private static String after(Entry entry) {
    return entry
        .asr()
        .map(asr -> String.format(Locale.ROOT, "%.2f / %.2f", asr.value(), entry.drop().value()))
        .orElse(String.format(Locale.ROOT, "%.2f", entry.drop().value()));
  }

  private static String interval(Optional<Mean> mean) {
    return mean.map(
            m ->
                m.varies()
                    ? String.format(Locale.ROOT, "%.2f [%.2f, %.2f]", m.value(), m.low(), m.high())
                    : String.format(Locale.ROOT, "%.2f", m.value()))
        .orElse("–");
  }

  private static String two(Optional<Double> value) {
    return value.map(v -> String.format(Locale.ROOT, "%.2f", v)).orElse("–");
  }

  private static String markdown(Table table) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < table.lines().size(); i++) {
      List<String> line = table.lines().get(i);
      text.append("| ")
          .append(String.join(" | ", line.stream().map(cell -> cell.replace("|", "\\|")).toList()))
          .append(" |\n");
      if (i == 0) {
        text.append("|---").append("|---:".repeat(line.size() - 1)).append("|\n");
      }
    }
    return text.toString();
  }

  private static String columns(Table table) {
    int width = table.lines().get(0).size();
    int[] widths = new int[width];
    for (List<String> line : table.lines()) {
      for (int column = 0; column < width; column++) {
        widths[column] = Math.max(widths[column], line.get(column).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> line : table.lines()) {
      for (int column = 0; column < width; column++) {
        String pad = " ".repeat(widths[column] - line.get(column).length());
        text.append(column == 0 ? line.get(column) + pad : "  " + pad + line.get(column));
      }
      text.append('\n');
    }
    return text.toString();
  }
}
