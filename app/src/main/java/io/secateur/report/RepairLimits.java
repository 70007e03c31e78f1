package io.secateur.report;

import io.secateur.trigger.TriggerFamily;
import java.util.ArrayList;
import java.util.List;

/** What a repair cannot rule out. */
final class RepairLimits {
  private RepairLimits() {}

  static List<String> of(RepairResult result) {
    List<String> limits = new ArrayList<>();
    result
        .stress()
        .flatMap(RepairResult.Stress::warning)
        .map(VerdictSection::sentence)
        .ifPresent(limits::add);
    limits.add(
        "A backdoor whose trigger looks different on every image, or only works on some classes, may"
            + " need no small change: the hunt looks for one, of the images or of channels, that"
            + " works on all images.");
    limits.add(
        "A low success of the synthesised triggers is evidence, not proof: the true trigger may use"
            + " channels that they do not.");
    if (result.trueAsr().isEmpty()) {
      limits.add(
          "The true trigger was not available, so nothing here was measured with it (--truth).");
    }
    limits.add(
        "Intervals are 95 % Wilson intervals over images. They say nothing about another seed or"
            + " another sample of clean images.");
    limits.add(retraining(result));
    return limits;
  }

  private static String retraining(RepairResult result) {
    if (result.stress().isPresent()) {
      return "A repaired network that is trained further may learn a backdoor again, also more easily"
          + " than it did here with a synthetic trigger; measure again then.";
    }
    String then = "A network that is trained further may learn a backdoor; measure again then.";
    boolean inside =
        result.relapses().stream().anyMatch(r -> TriggerFamily.SHIFT.equals(r.trigger()));
    return result.target().isPresent()
        ? then
            + " Whether the one that was found only sleeps was not tried"
            + (inside ? "." : " (--stress tries it).")
        : then;
  }
}
