package io.secateur.cli;

import io.secateur.report.RepairResult;
import io.secateur.report.RepairResult.BeforeAfter;
import io.secateur.report.ResultJson;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The result of a repair on standard output. */
final class RepairText {
  /** What a repair stops at unless {@code --fail-on} says otherwise. */
  static final Set<Finding> FAILING = Set.of(Finding.UNREPAIRED, Finding.INCONCLUSIVE);

  private RepairText() {}

  static int exitCode(RepairResult result, Set<Finding> failing) {
    Set<Finding> found = EnumSet.noneOf(Finding.class);
    found.addAll(
        switch (result.verdict()) {
          case "clean" -> Set.of();
          case "repaired" -> Set.of(Finding.BACKDOOR);
          case "not-repaired" -> Set.of(Finding.BACKDOOR, Finding.UNREPAIRED);
          default -> Set.of(Finding.INCONCLUSIVE);
        });
    if (result.stress().map(RepairResult.Stress::sleeps).orElse(false)) {
      found.add(Finding.SLEEPING);
    }
    return FailOnOption.exitCode(found, failing);
  }

  /** What the repair itself noted, beyond {@code told}, on standard error. */
  static void warn(PrintWriter err, RepairResult result, List<String> told) {
    result.notes().stream()
        .filter(note -> !told.contains(note))
        .forEach(note -> err.println("secateur: warning: " + Shown.text(note)));
    err.flush();
  }

  static void print(
      PrintWriter out, RepairResult result, List<String> classes, Path folder, boolean json) {
    if (json) {
      out.println(ResultJson.of(result));
      out.flush();
      return;
    }
    out.printf(
        Locale.ROOT,
        "%s: %s%n",
        result.verdict().toUpperCase(Locale.ROOT).replace('-', ' '),
        Shown.text(result.reason()));
    result
        .target()
        .ifPresent(
            target ->
                out.printf(
                    Locale.ROOT,
                    "target            label %d (%s)%n",
                    target,
                    Shown.text(classes.get(target))));
    line(out, "clean accuracy", result.cleanAccuracy(), result.measuredOn().cleanAccuracy());
    result
        .trueAsr()
        .ifPresent(asr -> line(out, "ASR, true", asr, result.measuredOn().trueAsr().orElse("")));
    result
        .recoveryAccuracy()
        .ifPresent(ra -> line(out, "recovery", ra, result.measuredOn().trueAsr().orElse("")));
    result
        .syntheticAsr()
        .ifPresent(asr -> line(out, "ASR, synthetic", asr, result.measuredOn().syntheticAsr()));
    result
        .relapses()
        .forEach(
            relapse ->
                out.printf(
                    Locale.ROOT,
                    "new trigger       %6.2f %% -> %6.2f %%  (%s for label %d; other labels"
                        + " %.0f %%)%n",
                    relapse.before(),
                    relapse.after(),
                    relapse.shown(),
                    relapse.label(),
                    relapse.otherLabels()));
    result
        .stress()
        .ifPresent(
            stress ->
                out.printf(
                    Locale.ROOT,
                    "taught again      %6.2f %% -> %6.2f %%  (label %d; the same trigger for label %d:"
                        + " %.0f %%%s)%n",
                    stress.attack().before().value(),
                    stress.attack().after().value(),
                    stress.label(),
                    stress.control(),
                    stress.controlAttack().after().value(),
                    stress.sleeps() ? "; THE BACKDOOR ONLY SLEEPS" : ""));
    result
        .stress()
        .flatMap(RepairResult.Stress::trueAsr)
        .ifPresent(
            asr ->
                out.printf(
                    Locale.ROOT,
                    "%-17s %6s    -> %6.2f %%  (%.2f–%.2f, n = %d)%n",
                    "  true trigger",
                    "",
                    asr.value(),
                    asr.low(),
                    asr.high(),
                    asr.n()));
    out.printf(
        Locale.ROOT,
        "channels          %d of %d pruned%n",
        result.channels().pruned(),
        result.channels().total());
    result
        .compact()
        .ifPresent(compact -> CompactText.print(out, compact, result.parameters(), result.macs()));
    out.printf(
        Locale.ROOT,
        "time              %s%s%s%n",
        LineProgress.duration(result.seconds().total()),
        result
            .seconds()
            .shared()
            .map(shared -> ", " + LineProgress.duration(shared) + " of them for the hunt it shares")
            .orElse(""),
        result
            .peakMemoryBytes()
            .map(bytes -> String.format(Locale.ROOT, ", %.1f GB of memory at most", bytes / 1e9))
            .orElse(""));
    for (String file : result.files()) {
      if (RepairResult.isModelFile(file) && !file.contains(".undo.")
          || file.equals("report.html")
          || file.equals("model-card.md")) {
        out.printf(Locale.ROOT, "written           %s%n", folder.resolve(file));
      }
    }
    out.flush();
  }

  private static void line(PrintWriter out, String name, BeforeAfter share, String images) {
    out.printf(
        Locale.ROOT,
        "%-17s %6.2f %% -> %6.2f %%  (%.2f–%.2f, n = %d, %s)%n",
        name,
        share.before().value(),
        share.after().value(),
        share.after().low(),
        share.after().high(),
        share.after().n(),
        Shown.text(images));
  }
}
