package io.secateur.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Files, hashes, settings, versions and times: what it takes to do it again. */
public record OriginSection(
    Map<String, String> facts,
    Map<String, String> settings,
    Map<String, String> versions,
    List<StageTime> stages) {

  /** A stage, how long it took, and its share of the longest, in percent. */
  public record StageTime(String name, String seconds, double share) {}

  static OriginSection of(RepairResult result) {
    return new OriginSection(facts(result), settings(result), versions(result), stages(result));
  }

  private static List<StageTime> stages(RepairResult result) {
    double longest =
        result.seconds().stages().values().stream().mapToDouble(s -> s).max().orElse(1);
    List<StageTime> stages = new ArrayList<>();
    result
        .seconds()
        .stages()
        .forEach(
            (stage, seconds) ->
                stages.add(
                    new StageTime(
                        stage,
                        String.format(Locale.ROOT, "%.1f s", seconds),
                        100 * seconds / Math.max(longest, 1e-9))));
    return stages;
  }

  private static Map<String, String> facts(RepairResult result) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("Model", result.model().path());
    facts.put("Architecture", result.model().architecture());
    facts.put("Preprocessing", result.model().preprocessing());
    facts.put("Classes", String.valueOf(result.model().classes()));
    facts.put("SHA-256 before", result.model().sha256().before());
    result.model().sha256().after().ifPresent(hash -> facts.put("SHA-256 after", hash));
    facts.put(
        "Clean images",
        result.data().name()
            + ", "
            + result.data().sample()
            + " drawn, "
            + result.data().holdOut()
            + " of them held out");
    facts.put("SHA-256 of clean images", result.data().sha256());
    result
        .compact()
        .ifPresent(
            compact -> {
              facts.put(
                  "Compacted",
                  String.format(
                      Locale.ROOT,
                      "%d pruned channels taken out: parameters %,d → %,d, MACs %,d → %,d, file"
                          + " %,d → %,d bytes, an image %.2f → %.2f ms",
                      compact.removed(),
                      result.parameters().before(),
                      result.parameters().after(),
                      result.macs().before(),
                      result.macs().after(),
                      compact.fileBytes().before(),
                      compact.fileBytes().after(),
                      1e3 * compact.secondsPerImage().before(),
                      1e3 * compact.secondsPerImage().after()));
              compact
                  .masked()
                  .forEach(
                      masked ->
                          facts.put(
                              "Zeroed only: " + masked.layer() + " " + masked.channels(),
                              masked.reason()));
            });
    facts.put("Files", String.join(", ", result.files()));
    return facts;
  }

  private static Map<String, String> settings(RepairResult result) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("method", result.method());
    settings.put("seed", String.valueOf(result.seed()));
    settings.put("masks tried", String.valueOf(result.evaluations()));
    settings.put(
        "policy",
        String.format(
            Locale.ROOT,
            "accuracy may fall by %.1f points, synthetic attack success may be %.1f %%",
            result.policy().maxCaDrop(),
            result.policy().maxAsr()));
    settings.putAll(result.settings());
    return settings;
  }

  private static Map<String, String> versions(RepairResult result) {
    Map<String, String> versions = new LinkedHashMap<>();
    versions.put("Secateur", result.versions().product());
    versions.put("Engine", result.versions().engine());
    versions.put("Java", result.versions().java());
    versions.put("System", result.versions().system());
    versions.put(
        "Processor", result.versions().processor() + ", " + result.versions().cores() + " cores");
    versions.put("Started", result.versions().startedAt());
    versions.put("Took", String.format(Locale.ROOT, "%.1f s", result.seconds().total()));
    result
        .peakMemoryBytes()
        .ifPresent(
            bytes -> versions.put("Memory", String.format(Locale.ROOT, "%.2f GB", bytes / 1e9)));
    return versions;
  }
}
