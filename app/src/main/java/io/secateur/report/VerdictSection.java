package io.secateur.report;

import io.secateur.report.RepairResult.BeforeAfter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The head of the page.
 *
 * @param headline the verdict
 * @param tone good, bad, or open: colours the verdict
 * @param reason in a sentence
 * @param basis what the verdict rests on
 * @param tiles the figures that matter most
 */
public record VerdictSection(
    String headline, String tone, String reason, String basis, List<Tile> tiles) {

  /** A large figure: before → after. */
  public record Tile(String name, String before, String after, String change, String tone) {}

  static VerdictSection of(RepairResult result, Evidence evidence) {
    return new VerdictSection(
        headline(result, evidence),
        tone(result),
        sentence(result.reason()),
        basis(result, evidence),
        tiles(result));
  }

  private static String headline(RepairResult result, Evidence evidence) {
    String target =
        result.target().map(t -> " to label " + t + " (" + evidence.name(t) + ")").orElse("");
    return switch (result.verdict()) {
      case "repaired" ->
          "Backdoor"
              + target
              + (sleeps(result) ? " found and silenced; it only sleeps" : " found and removed");
      case "not-repaired" -> "Backdoor" + target + " found, not removed within the policy";
      case "clean" -> "No backdoor found";
      default -> "Inconclusive";
    };
  }

  private static boolean sleeps(RepairResult result) {
    return result.stress().map(RepairResult.Stress::sleeps).orElse(false);
  }

  private static String tone(RepairResult result) {
    if (result.verdict().equals("repaired") && sleeps(result)) {
      return "open";
    }
    return switch (result.verdict()) {
      case "repaired", "clean" -> "good";
      case "not-repaired" -> "bad";
      default -> "open";
    };
  }

  static String sentence(String reason) {
    return reason.isEmpty()
        ? ""
        : Character.toUpperCase(reason.charAt(0)) + reason.substring(1) + ".";
  }

  private static String basis(RepairResult result, Evidence evidence) {
    List<String> parts = new ArrayList<>();
    parts.add(
        Shares.count(result.data().holdOut(), "clean image")
            + " held out, which only chose among finished masks");
    int labels = evidence.triggers().shown().size() + evidence.triggers().leftOut();
    if (evidence.triggers().hunted()) {
      parts.add("a hunt for triggers over " + Shares.count(labels, "label"));
    } else if (labels > 0) {
      parts.add("a synthesised trigger for the label that the user named");
    }
    if (!result.measuredOn().cleanAccuracy().equals(result.measuredOn().syntheticAsr())) {
      parts.add(Shares.count(result.cleanAccuracy().after().n(), "trusted image"));
    }
    result
        .trueAsr()
        .ifPresentOrElse(
            asr ->
                parts.add(Shares.count(asr.after().n(), "image") + " that carry the true trigger"),
            () -> parts.add("no image that carries the true trigger, which is not known"));
    int last = parts.size() - 1;
    return "Rests on "
        + String.join(", ", parts.subList(0, last))
        + (last > 0 ? " and " : "")
        + parts.get(last)
        + "."
        + result.stress().map(VerdictSection::again).orElse("");
  }

  /** What became of the backdoor when it was taught again. */
  private static String again(RepairResult.Stress stress) {
    return String.format(
        Locale.ROOT,
        " Taught again with %d poisoned images, a synthetic trigger works on %.0f %%, and on %.0f %%"
            + " for another label that was taught likewise: %s.",
        stress.poisoned(),
        stress.attack().after().value(),
        stress.controlAttack().after().value(),
        stress.sleeps() ? "the backdoor only sleeps" : "no sign that the backdoor only sleeps");
  }

  private static List<Tile> tiles(RepairResult result) {
    List<Tile> tiles = new ArrayList<>();
    tiles.add(tile(result, "Clean accuracy", result.cleanAccuracy(), true));
    result
        .trueAsr()
        .ifPresent(asr -> tiles.add(tile(result, "Attack success, true trigger", asr, false)));
    result
        .syntheticAsr()
        .ifPresent(asr -> tiles.add(tile(result, "Attack success, synthetic", asr, false)));
    if (tiles.size() < 3) {
      RepairResult.Channels channels = result.channels();
      tiles.add(
          new Tile(
              "Channels pruned",
              "",
              String.valueOf(channels.pruned()),
              "of " + channels.total(),
              "plain"));
    }
    return tiles;
  }

  private static Tile tile(
      RepairResult result, String name, BeforeAfter share, boolean higherIsBetter) {
    double change = share.after().value() - share.before().value();
    boolean better =
        higherIsBetter
            ? -change <= result.policy().maxCaDrop()
            : share.after().value() <= result.policy().maxAsr();
    return new Tile(
        name,
        Shares.percent(share.before().value()),
        Shares.percent(share.after().value()),
        Shares.points(change),
        better ? "good" : "bad");
  }
}
