package io.secateur.bench;

import io.secateur.data.ImageSet;
import io.secateur.defence.RepairOutcome;
import io.secateur.explain.SyntheticAttack;
import io.secateur.report.Evidence;
import io.secateur.report.PagePicture;
import io.secateur.report.TriggerPicture;
import io.secateur.trigger.HuntResult;
import io.secateur.trigger.LabelFinding;
import io.secateur.trigger.Trigger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The triggers of a repair as pictures, as many as a page has room for. */
final class TriggerPictures {
  private static final int MOST = 24;
  private static final int FEWEST = 6;

  /** Pixels of all masks together, each of which has two more pictures of its size beside it. */
  private static final int PIXELS = 60_000;

  private TriggerPictures() {}

  /** The suspicious labels first, then those of small norm. */
  static Evidence.Triggers of(
      RepairOutcome outcome, List<SyntheticAttack> attacks, ImageSet images) {
    List<Evidence.Pictured> pictures = new ArrayList<>();
    int side = PagePicture.pixels(images.shape());
    int most = Math.max(FEWEST, Math.min(MOST, PIXELS / side));
    if (outcome.hunt().isPresent()) {
      HuntResult hunt = outcome.hunt().get();
      List<LabelFinding> findings =
          hunt.findings().stream()
              .sorted(
                  Comparator.comparing((LabelFinding f) -> mark(hunt, f.label()).equals("none"))
                      .thenComparingDouble(LabelFinding::norm))
              .toList();
      List<LabelFinding> shown =
          new ArrayList<>(findings.subList(0, Math.min(most, findings.size())));
      if (shown.size() == findings.size()) {
        shown.sort(Comparator.comparingInt(LabelFinding::label));
      }
      for (LabelFinding finding : shown) {
        pictures.add(
            pictured(
                finding.label(),
                finding.trigger(),
                finding.norm(),
                Optional.of(finding.index()),
                Optional.of(100 * finding.success()),
                mark(hunt, finding.label()),
                images));
      }
      return new Evidence.Triggers(
          true, Optional.of(hunt.floor()), pictures, findings.size() - shown.size());
    }
    for (SyntheticAttack attack : attacks) {
      for (Trigger trigger : attack.triggers()) {
        pictures.add(
            pictured(
                attack.target(),
                trigger,
                trigger.norm(),
                Optional.empty(),
                Optional.empty(),
                "named",
                images));
      }
    }
    return new Evidence.Triggers(false, Optional.empty(), pictures, 0);
  }

  private static String mark(HuntResult hunt, int label) {
    return hunt.accused().contains(label)
        ? "backdoor"
        : hunt.doubtful().contains(label) ? "doubtful" : "none";
  }

  private static Evidence.Pictured pictured(
      int label,
      Trigger trigger,
      double norm,
      Optional<Double> index,
      Optional<Double> success,
      String mark,
      ImageSet images) {
    int[] others = images.without(label);
    Optional<String> image =
        others.length == 0 || !trigger.visible()
            ? Optional.empty()
            : Optional.of(
                PagePicture.of(TriggerPicture.on(trigger, images.floats(new int[] {others[0]}))));
    return new Evidence.Pictured(
        label,
        trigger.called(),
        norm,
        index,
        success,
        mark,
        PagePicture.of(TriggerPicture.mask(trigger)),
        PagePicture.of(TriggerPicture.of(trigger)),
        image);
  }
}
