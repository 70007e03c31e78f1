package io.secateur.report;

import io.secateur.agent.LearningCurve;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How the searches went.
 *
 * @param searches in order; empty if there was none
 * @param hasEntropy whether a policy with a choice was at work
 * @param mixed whether accuracy on mixed copies was measured, which the search then goes by
 * @param points of all searches, for the table of the trade-off
 * @param chart curves and points, for the page's script
 */
public record SearchSection(
    List<Search> searches,
    boolean hasEntropy,
    boolean mixed,
    String tradeOffSummary,
    List<Point> points,
    Map<String, Object> chart) {
  private static final int MOST_POINTS = 130;

  /** One search in words, and its beginning and end in figures. */
  public record Search(String name, String summary) {}

  /** A mask that was judged. */
  public record Point(
      int number,
      String search,
      int pruned,
      String accuracy,
      String mixedAccuracy,
      String attack,
      String phi,
      String lost,
      String decidingPhi,
      boolean chosen) {}

  static SearchSection of(List<RepairResult.Search> results) {
    List<Search> searches = new ArrayList<>();
    List<Point> points = new ArrayList<>();
    List<Map<String, Object>> curves = new ArrayList<>();
    boolean entropy = false;
    boolean mixed = false;
    for (int i = 0; i < results.size(); i++) {
      RepairResult.Search search = results.get(i);
      String name = "Search " + (i + 1) + ", label " + search.target();
      searches.add(new Search(name, summary(search)));
      int chosen = chosen(search);
      for (int p = 0; p < Math.min(MOST_POINTS, search.tradeOff().size()); p++) {
        RepairResult.TradeOff point = search.tradeOff().get(p);
        mixed |= point.mixedAccuracy().filter(share -> share != point.cleanAccuracy()).isPresent();
        points.add(
            new Point(
                point.point(),
                name,
                point.pruned(),
                Shares.percent(point.cleanAccuracy()),
                point.mixedAccuracy().map(Shares::percent).orElse(""),
                Shares.percent(point.attackSuccess()),
                Shares.number(point.phi()),
                point.cleanAccuracyLost().map(Shares::number).orElse(""),
                point.decidingPhi().map(Shares::number).orElse(""),
                p == chosen));
      }
      for (double nats : search.curve().entropy()) {
        entropy |= nats > 0;
      }
      curves.add(curve(name, search, chosen));
    }
    return new SearchSection(
        searches,
        entropy,
        mixed,
        tradeOffSummary(results),
        points,
        Map.of("searches", curves, "mixed", mixed));
  }

  private static int chosen(RepairResult.Search search) {
    return search.chosen().map(point -> point - search.tradeOff().get(0).point()).orElse(-1);
  }

  private static String summary(RepairResult.Search search) {
    return iterations(search)
        + "; "
        + Shares.count(search.pruned(), "unit")
        + (search.refused() ? " found and left: clean accuracy would fall too far" : " pruned");
  }

  private static String iterations(RepairResult.Search search) {
    LearningCurve curve = search.curve();
    int last = curve.length() - 1;
    if (last < 0) {
      return "no iteration";
    }
    return String.format(
        Locale.ROOT,
        "%s; mean worth %s at first, %s at the end, best %s; entropy %s to %s nats",
        Shares.count(curve.length(), "iteration"),
        Shares.number(curve.meanPhi()[0]),
        Shares.number(curve.meanPhi()[last]),
        Shares.number(Arrays.stream(curve.bestPhi()).max().orElse(0)),
        Shares.number(curve.entropy()[0]),
        Shares.number(curve.entropy()[last]));
  }

  private static String tradeOffSummary(List<RepairResult.Search> results) {
    List<String> parts = new ArrayList<>();
    for (RepairResult.Search search : results) {
      int chosen = chosen(search);
      if (chosen >= 0) {
        RepairResult.TradeOff from = search.tradeOff().get(0);
        RepairResult.TradeOff to = search.tradeOff().get(chosen);
        parts.add(
            String.format(
                Locale.ROOT,
                "of %s one with %s was %s: attack success %s → %s, clean accuracy %s → %s%s",
                Shares.count(search.tradeOff().size(), "mask"),
                Shares.count(to.pruned(), "unit"),
                search.refused() ? "found and left" : "chosen",
                Shares.percent(from.attackSuccess()),
                Shares.percent(to.attackSuccess()),
                Shares.percent(from.cleanAccuracy()),
                Shares.percent(to.cleanAccuracy()),
                onCopies(from, to)));
      }
    }
    return VerdictSection.sentence(String.join("; ", parts));
  }

  private static String onCopies(RepairResult.TradeOff from, RepairResult.TradeOff to) {
    return from.mixedAccuracy().isEmpty() || to.mixedAccuracy().isEmpty()
        ? ""
        : ", on mixed copies "
            + Shares.percent(from.mixedAccuracy().get())
            + " → "
            + Shares.percent(to.mixedAccuracy().get());
  }

  private static Map<String, Object> curve(String name, RepairResult.Search search, int chosen) {
    Map<String, Object> curve = new LinkedHashMap<>();
    curve.put("name", name);
    curve.put("mean", search.curve().meanPhi());
    curve.put("best", search.curve().bestPhi());
    curve.put("entropy", search.curve().entropy());
    curve.put("points", search.tradeOff());
    curve.put("chosen", chosen);
    return curve;
  }
}
