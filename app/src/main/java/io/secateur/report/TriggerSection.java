package io.secateur.report;

import io.secateur.trigger.TriggerFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The synthesised triggers.
 *
 * @param hint what the pictures show
 * @param summary of the norms, which a chart shows
 * @param hunted whether there is such a chart
 * @param calibration what the network answers when it forgets, if it was asked, and how such hunts
 *     fare on networks of known truth; empty without a hunt
 * @param leftOut which labels are not shown; empty if all are
 */
public record TriggerSection(
    List<Card> cards,
    String hint,
    boolean hunted,
    String summary,
    String calibration,
    String leftOut) {
  private static final String ON_IMAGES =
      "Left to right: where it acts, what it puts there, and an image that carries it.";
  private static final String INSIDE =
      "It is a shift, which leaves images alone and raises channels inside the network, by so much of"
          + " their own scale: a dot for each channel, the lighter the further it is raised.";

  /** One label's trigger; pictures are data URIs, empty if not at hand. */
  public record Card(
      int label,
      String name,
      String kind,
      String norm,
      String index,
      String works,
      String mark,
      String mask,
      String pattern,
      String image) {}

  static TriggerSection of(RepairResult result, Evidence evidence) {
    Evidence.Triggers triggers = evidence.triggers();
    List<Card> cards = new ArrayList<>();
    for (Evidence.Pictured picture : triggers.shown()) {
      cards.add(
          new Card(
              picture.label(),
              evidence.name(picture.label()),
              picture.kind(),
              size(picture.norm()),
              picture
                  .anomalyIndex()
                  .map(i -> String.format(Locale.ROOT, "%.2f", i).replace('-', '−'))
                  .orElse(""),
              picture.success().map(Shares::percent).orElse(""),
              mark(picture.mark()),
              inside(picture) ? "" : dataUri(picture.mask()),
              dataUri(picture.pattern()),
              picture.image().map(TriggerSection::dataUri).orElse("")));
    }
    String leftOut =
        triggers.leftOut() == 0
            ? ""
            : Shares.count(triggers.leftOut(), "label")
                + " more, none of them suspicious, are not shown here; result.json has their"
                + " figures.";
    String calibration =
        Stream.concat(
                result.fallback().stream().map(Fallback::sentence),
                result.calibration().stream().map(Calibration::sentence))
            .map(sentence -> sentence + ".")
            .collect(Collectors.joining(" "));
    boolean inside = triggers.shown().stream().anyMatch(TriggerSection::inside);
    return new TriggerSection(
        cards,
        inside ? INSIDE : ON_IMAGES,
        triggers.hunted(),
        summary(result, evidence),
        calibration,
        leftOut);
  }

  private static boolean inside(Evidence.Pictured picture) {
    return picture.kind().equals(TriggerFamily.SHIFT);
  }

  private static String summary(RepairResult result, Evidence evidence) {
    if (result.labels().isEmpty()) {
      return "";
    }
    RepairResult.Label least = result.labels().get(0);
    for (RepairResult.Label label : result.labels()) {
      least = label.norm() < least.norm() ? label : least;
    }
    return String.format(
        Locale.ROOT,
        "Size of the smallest trigger for each of %d labels. The smallest of all, of size %s and"
            + " anomaly index %.2f, leads to label %d (%s)%s.",
        result.labels().size(),
        size(least.norm()),
        least.anomalyIndex(),
        least.label(),
        least.name(),
        evidence
            .triggers()
            .floor()
            .map(floor -> "; the median of the blameless labels is " + size(floor))
            .orElse(""));
  }

  /** A PNG in Base64 inside a page. */
  static String dataUri(String base64) {
    return "data:image/png;base64," + base64;
  }

  static String size(double norm) {
    return String.format(Locale.ROOT, norm < 10 ? "%.2f" : "%.1f", norm);
  }

  private static String mark(String mark) {
    return switch (mark) {
      case "none" -> "";
      case "named" -> "named by the user";
      default -> mark;
    };
  }
}
