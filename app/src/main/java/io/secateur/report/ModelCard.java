package io.secateur.report;

import io.secateur.metric.Proportion;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A page in Markdown that goes with a repaired model wherever it goes. */
public final class ModelCard {
  private final RepairResult result;
  private final List<String> lines = new ArrayList<>();

  private ModelCard(RepairResult result) {
    this.result = result;
  }

  /** The card of the file that the repair wrote. */
  public static String of(RepairResult result) {
    return new ModelCard(result).text();
  }

  private String text() {
    String file = result.modelFile().orElse(RepairPage.fileName(result.model().path()));
    lines.add("# Model card: " + Markdown.code(file));
    lines.add("");
    lines.add("**Verdict: " + result.verdict() + ".** " + reason());
    section("Model");
    item("What it does", "image classification, " + result.model().classes() + " classes");
    item("Architecture", Markdown.code(result.model().architecture()));
    item("Preprocessing", Markdown.code(result.model().preprocessing()));
    item("Made from", Markdown.code(result.model().path()));
    item("SHA-256 of that file", Markdown.code(result.model().sha256().before()));
    result
        .model()
        .sha256()
        .after()
        .ifPresent(after -> item("SHA-256 of this file", Markdown.code(after)));
    repair();
    measures();
    labels();
    section("What this cannot rule out");
    RepairLimits.of(result).forEach(limit -> lines.add("- " + limit));
    if (!result.notes().isEmpty()) {
      section("Warnings");
      result.notes().forEach(note -> lines.add("- " + Markdown.text(note)));
    }
    provenance();
    return String.join("\n", lines) + "\n";
  }

  private String reason() {
    return VerdictSection.sentence(Markdown.text(result.reason()));
  }

  private void repair() {
    section("Repair");
    item("Method", Markdown.code(result.method()));
    result.target().ifPresent(target -> item("Backdoor to", "label " + target));
    item("Channels pruned", result.channels().pruned() + " of " + result.channels().total());
    item("Parameters in use", count(result.parameters()));
    item("Multiply-accumulates in use", count(result.macs()));
    item(
        "Accepted as repaired",
        String.format(
            Locale.ROOT,
            "at most %.1f points of clean accuracy lost, at most %.1f %% of trigger success left",
            result.policy().maxCaDrop(),
            result.policy().maxAsr()));
  }

  private static String count(RepairResult.Counts counts) {
    return String.format(Locale.ROOT, "%,d of %,d", counts.after(), counts.before());
  }

  private void measures() {
    section("Measures");
    lines.add("| measure | before | after | 95 % interval after | images |");
    lines.add("|---|---|---|---|---|");
    RepairResult.MeasuredOn on = result.measuredOn();
    row("clean accuracy", Optional.of(result.cleanAccuracy()));
    row("success of synthetic triggers", result.syntheticAsr());
    row("success of the true trigger", result.trueAsr());
    row("own label under the true trigger", result.recoveryAccuracy());
    result
        .stress()
        .ifPresent(
            stress -> {
              row("a synthetic trigger, taught again", Optional.of(stress.attack()));
              row("the same for another label", Optional.of(stress.controlAttack()));
            });
    lines.add("");
    lines.add("- Clean accuracy on " + Markdown.code(on.cleanAccuracy()));
    if (result.syntheticAsr().isPresent()) {
      lines.add("- Synthetic triggers on " + Markdown.code(on.syntheticAsr()));
    }
    on.trueAsr().ifPresent(images -> lines.add("- True trigger on " + Markdown.code(images)));
    result.stress().ifPresent(this::again);
    for (RepairResult.Relapse relapse : result.relapses()) {
      lines.add(
          String.format(
              Locale.ROOT,
              "- A new %s for label %d works on %.1f %% before and %.1f %% after; those for other"
                  + " labels reach %.1f %%",
              relapse.shown(),
              relapse.label(),
              relapse.before(),
              relapse.after(),
              relapse.otherLabels()));
    }
  }

  private void again(RepairResult.Stress stress) {
    lines.add(
        String.format(
            Locale.ROOT,
            "- Taught again: a copy of the repaired model after %d epochs with %d poisoned images,"
                + " on held-out images that are neither of label %d nor of label %d; the backdoor %s",
            stress.epochs(),
            stress.poisoned(),
            stress.label(),
            stress.control(),
            stress.sleeps() ? "only sleeps" : "is not learnt more easily than the other label"));
    stress
        .trueAsr()
        .ifPresent(
            asr -> lines.add("- The true trigger then works on " + Markdown.text(asr.toString())));
  }

  private void row(String name, Optional<RepairResult.BeforeAfter> share) {
    share.ifPresent(
        s -> {
          Proportion after = s.after();
          lines.add(
              String.format(
                  Locale.ROOT,
                  "| %s | %.2f %% | %.2f %% | %.2f–%.2f %% | %d |",
                  name,
                  s.before().value(),
                  after.value(),
                  after.low(),
                  after.high(),
                  after.n()));
        });
  }

  private void labels() {
    List<RepairResult.Label> marked =
        result.labels().stream().filter(label -> label.accused() || label.doubtful()).toList();
    if (marked.isEmpty()) {
      return;
    }
    section("Labels that stood out");
    for (RepairResult.Label label : marked) {
      lines.add(
          String.format(
              Locale.ROOT,
              "- %d, %s: %s; a trigger of size %.2f works on %.1f %%, anomaly index %.1f",
              label.label(),
              Markdown.code(label.name()),
              label.accused() ? "accused" : "doubtful",
              label.norm(),
              label.success(),
              label.anomalyIndex()));
      result
          .fallback()
          .flatMap(found -> found.against(label.label()))
          .ifPresent(sentence -> lines.add("  " + sentence));
    }
  }

  private void provenance() {
    section("Provenance");
    item("Made by", "Secateur " + result.versions().product() + ", " + result.versions().engine());
    item("On", Markdown.code(result.versions().processor()) + ", " + result.versions().system());
    item("Begun", result.versions().startedAt());
    item("Seed", String.valueOf(result.seed()));
    item(
        "Clean images",
        Markdown.code(result.data().name())
            + ", "
            + result.data().sample()
            + " drawn, "
            + result.data().holdOut()
            + " of them held out");
  }

  private void section(String title) {
    lines.add("");
    lines.add("## " + title);
    lines.add("");
  }

  private void item(String name, String value) {
    lines.add("- " + name + ": " + value);
  }
}
