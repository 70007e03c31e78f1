package io.secateur.report;

import java.util.ArrayList;
import java.util.List;

/**
 * Grad-CAM on some images.
 *
 * @param absent why there is none; empty if there is some
 */
public record AttentionSection(String absent, String node, List<Row> rows) {

  /** One image with what the networks look at. */
  public record Row(String label, List<View> views) {}

  /** A picture, a data URI, under what it shows. */
  public record View(String name, String answer, String picture, String alt) {}

  static AttentionSection of(Evidence evidence) {
    if (evidence.attention().isEmpty()) {
      return new AttentionSection(
          evidence.absent().getOrDefault("attention", "It was not recorded."), "", List.of());
    }
    Evidence.Attention attention = evidence.attention().get();
    List<Row> rows = new ArrayList<>();
    for (Evidence.Seen seen : attention.images()) {
      List<View> views = new ArrayList<>();
      String own = evidence.called(seen.label());
      views.add(
          new View("image", own, TriggerSection.dataUri(seen.picture()), "an image of " + own));
      views.add(view("clean", seen.clean(), evidence));
      seen.triggeredBefore().ifPresent(g -> views.add(view("triggered, before", g, evidence)));
      seen.triggeredAfter().ifPresent(g -> views.add(view("triggered, after", g, evidence)));
      rows.add(new Row(own, views));
    }
    return new AttentionSection("", attention.node(), rows);
  }

  private static View view(String name, Evidence.Glance glance, Evidence evidence) {
    String answer = evidence.called(glance.answer());
    return new View(
        name,
        "→ " + answer,
        TriggerSection.dataUri(glance.picture()),
        "the same image, " + name + ", what speaks for " + answer + " highlighted");
  }
}
