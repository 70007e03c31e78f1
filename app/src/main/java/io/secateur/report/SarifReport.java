package io.secateur.report;

import io.secateur.text.Hash;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Scans and repairs as SARIF. A clean model has no results: many readers show every result as an
 * alert, passed ones too.
 */
public final class SarifReport {
  private final String path;
  private final String sha256;
  private final List<SarifLog.Result> results = new ArrayList<>();

  private SarifReport(String path, String sha256) {
    this.path = path;
    this.sha256 = sha256;
  }

  /** The findings of a scan by {@code product}, a version of this program. */
  public static SarifLog of(ScanResult scan, String product) {
    SarifReport report = new SarifReport(scan.model().path(), scan.model().sha256());
    for (ScanResult.Label label : scan.labels()) {
      boolean accused = scan.accused().contains(label.label());
      if (accused || scan.doubtful().contains(label.label())) {
        report.label(
            accused ? SarifRule.BACKDOOR_FOUND : SarifRule.DOUBTFUL_LABEL,
            label.label(),
            label.name(),
            label.norm(),
            label.anomalyIndex(),
            label.success(),
            scan.fallback());
      }
    }
    if (scan.verdict().equals("inconclusive")) {
      report.add(SarifRule.INCONCLUSIVE, scan.reason(), OptionalInt.empty(), Map.of());
    }
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put("verdict", scan.verdict());
    properties.put("reason", scan.reason());
    properties.put("cleanAccuracy", scan.cleanAccuracy());
    properties.put("architecture", scan.model().architecture());
    properties.put("preprocessing", scan.model().preprocessing());
    properties.put("data", scan.data());
    properties.put("seed", scan.seed());
    return report.log("scan", product, scan.notes(), properties);
  }

  /** The findings of a repair. */
  public static SarifLog of(RepairResult repair) {
    SarifReport report = new SarifReport(repair.model().path(), repair.model().sha256().before());
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put("verdict", repair.verdict());
    properties.put("method", repair.method());
    properties.put("cleanAccuracy", repair.cleanAccuracy());
    repair.syntheticAsr().ifPresent(asr -> properties.put("syntheticAsr", asr));
    repair.trueAsr().ifPresent(asr -> properties.put("trueAsr", asr));
    repair.stress().ifPresent(stress -> properties.put("stress", stress));
    properties.put("channels", repair.channels());
    properties.put("policy", repair.policy());
    repair.model().sha256().after().ifPresent(after -> properties.put("repairedSha256", after));
    Optional<SarifRule> rule =
        switch (repair.verdict()) {
          case "clean" -> Optional.empty();
          case "repaired" -> Optional.of(SarifRule.REPAIRED);
          case "not-repaired" -> Optional.of(SarifRule.NOT_REPAIRED);
          default -> Optional.of(SarifRule.INCONCLUSIVE);
        };
    OptionalInt target = repair.target().map(OptionalInt::of).orElse(OptionalInt.empty());
    rule.ifPresent(found -> report.add(found, repair.reason(), target, properties));
    repair.stress().ifPresent(report::sleeping);
    // What was found and is repaired is one finding, and no error.
    boolean open = !repair.verdict().equals("repaired");
    for (RepairResult.Label label : repair.labels()) {
      if (label.doubtful() || label.accused() && open) {
        report.label(
            label.accused() ? SarifRule.BACKDOOR_FOUND : SarifRule.DOUBTFUL_LABEL,
            label.label(),
            label.name(),
            label.norm(),
            label.anomalyIndex(),
            label.success(),
            repair.fallback());
      }
    }
    return report.log("repair", repair.versions().product(), repair.notes(), properties);
  }

  private void sleeping(RepairResult.Stress stress) {
    stress
        .warning()
        .ifPresent(
            warning ->
                add(
                    SarifRule.SLEEPING,
                    VerdictSection.sentence(warning),
                    OptionalInt.of(stress.label()),
                    Map.of("stress", stress)));
  }

  private void label(
      SarifRule rule,
      int label,
      String name,
      double norm,
      double index,
      double success,
      Optional<Fallback> fallback) {
    Optional<String> forgetting = fallback.flatMap(found -> found.against(label));
    String trigger =
        String.format(
            Locale.ROOT,
            "Label %d (%s) is forced on %.1f %% of the images by a trigger of size %.2f; anomaly"
                + " index %.1f.",
            label,
            name,
            success,
            norm,
            index);
    String message = forgetting.map(sentence -> sentence + " " + trigger).orElse(trigger);
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put("label", label);
    properties.put("className", name);
    properties.put("norm", norm);
    properties.put("anomalyIndex", index);
    properties.put("success", success);
    add(rule, message, OptionalInt.of(label), properties);
  }

  private void add(
      SarifRule rule, String message, OptionalInt label, Map<String, Object> properties) {
    String what = rule.id() + "/" + (label.isPresent() ? label.getAsInt() : "all");
    SarifLog.Place place = new SarifLog.Place(FileUri.of(path), Optional.of(0));
    results.add(
        new SarifLog.Result(
            rule.id(),
            rule.ordinal(),
            rule.level(),
            SarifText.of(message),
            List.of(
                new SarifLog.Location(
                    new SarifLog.PhysicalLocation(place, new SarifLog.Region(1)))),
            // The same finding in a later model of the same name.
            Map.of("pathAndLabel/v1", Hash.of(path + "\n" + what)),
            // The same finding in the same model, whatever its name.
            Map.of("contentAndLabel/v1", Hash.of(sha256 + "\n" + what)),
            properties));
  }

  private SarifLog log(
      String kind, String product, List<String> notes, Map<String, Object> properties) {
    List<SarifLog.Notification> notifications =
        notes.stream()
            .map(note -> new SarifLog.Notification("warning", SarifText.of(note)))
            .toList();
    return SarifLog.of(
        new SarifLog.Run(
            new SarifLog.Tool(
                new SarifLog.Driver(
                    "Secateur",
                    product,
                    Arrays.stream(SarifRule.values()).map(SarifRule::rule).toList())),
            new SarifLog.Automation("secateur/" + kind),
            List.of(new SarifLog.Invocation(true, notifications)),
            List.of(
                new SarifLog.Artifact(
                    new SarifLog.Place(FileUri.of(path), Optional.empty()),
                    Map.of("sha-256", sha256),
                    List.of("analysisTarget"))),
            "utf16CodeUnits",
            results,
            properties));
  }
}
