package io.secateur.report;

import io.secateur.agent.LearningCurve;
import io.secateur.data.CleanSample;
import io.secateur.data.ImageSet;
import io.secateur.defence.RepairOutcome;
import io.secateur.metric.Proportion;
import io.secateur.nn.Layer;
import io.secateur.nn.Network;
import io.secateur.nn.Node;
import io.secateur.prune.PrunedChannel;
import io.secateur.report.RepairResult.BeforeAfter;
import io.secateur.trigger.HuntResult;
import io.secateur.trigger.LabelFinding;
import io.secateur.trigger.Trigger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Words and numbers of the page about a repair. */
final class RepairPage {
  private final RepairResult result;
  private final RepairOutcome outcome;
  private final CleanSample sample;
  private final Network suspect;

  RepairPage(RepairResult result, RepairOutcome outcome, CleanSample sample, Network suspect) {
    this.result = result;
    this.outcome = outcome;
    this.sample = sample;
    this.suspect = suspect;
  }

  ReportPage page() {
    return new ReportPage(
        "Secateur report: " + fileName(result.model().path()),
        headline(),
        tone(),
        sentence(result.reason()),
        tiles(),
        measures(),
        pictures(),
        strips(),
        stages(),
        result.notes(),
        RepairLimits.of(result),
        facts(),
        settings(),
        versions(),
        prunedSummary(),
        outcome.hunt().isPresent(),
        !outcome.searches().isEmpty(),
        charts());
  }

  private static String sentence(String reason) {
    return reason.isEmpty()
        ? ""
        : Character.toUpperCase(reason.charAt(0)) + reason.substring(1) + ".";
  }

  /** The last name in a path of any system. */
  static String fileName(String path) {
    return path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  }

  private String headline() {
    String target = result.target().map(t -> " to label " + t + " (" + name(t) + ")").orElse("");
    return switch (result.verdict()) {
      case "repaired" -> "Backdoor" + target + " found and removed";
      case "not-repaired" -> "Backdoor" + target + " found, not removed within the policy";
      case "clean" -> "No backdoor found";
      default -> "Inconclusive";
    };
  }

  private String name(int label) {
    List<String> names = sample.tune().classNames();
    return label < names.size() ? names.get(label) : "?";
  }

  private String tone() {
    return switch (result.verdict()) {
      case "repaired", "clean" -> "good";
      case "not-repaired" -> "bad";
      default -> "open";
    };
  }

  private List<ReportPage.Tile> tiles() {
    List<ReportPage.Tile> tiles = new ArrayList<>();
    tiles.add(tile("Clean accuracy", result.cleanAccuracy(), true));
    result.trueAsr().ifPresent(asr -> tiles.add(tile("Attack success, true trigger", asr, false)));
    result
        .syntheticAsr()
        .ifPresent(asr -> tiles.add(tile("Attack success, synthetic", asr, false)));
    if (result.trueAsr().isEmpty() || result.syntheticAsr().isEmpty()) {
      RepairResult.Channels channels = result.channels();
      tiles.add(
          new ReportPage.Tile(
              "Channels pruned",
              "",
              String.valueOf(channels.pruned()),
              "of " + channels.total(),
              "plain"));
    }
    return tiles;
  }

  private ReportPage.Tile tile(String name, BeforeAfter share, boolean higherIsBetter) {
    double change = share.after().value() - share.before().value();
    boolean better =
        higherIsBetter
            ? -change <= result.policy().maxCaDrop()
            : share.after().value() <= result.policy().maxAsr();
    return new ReportPage.Tile(
        name,
        percent(share.before().value()),
        percent(share.after().value()),
        String.format(Locale.ROOT, "%+.1f points", change).replace('-', '−'),
        better ? "good" : "bad");
  }

  private static String percent(double value) {
    return String.format(Locale.ROOT, "%.1f %%", value);
  }

  private List<ReportPage.Measure> measures() {
    List<ReportPage.Measure> rows = new ArrayList<>();
    rows.add(
        measure(
            "Clean accuracy",
            "clean images that get their label",
            result.cleanAccuracy(),
            result.measuredOn().cleanAccuracy()));
    if (!result.measuredOn().cleanAccuracy().equals(sample.holdOut().name())) {
      rows.add(
          measure(
              "Clean accuracy, hold-out",
              "the defender's own images that no search saw",
              result.holdOutAccuracy(),
              sample.holdOut().name()));
    }
    String trusted = result.measuredOn().trueAsr().orElse("");
    result
        .trueAsr()
        .ifPresent(
            asr ->
                rows.add(
                    measure(
                        "Attack success, true trigger",
                        "triggered images of other classes that get the target label",
                        asr,
                        trusted)));
    result
        .recoveryAccuracy()
        .ifPresent(
            ra ->
                rows.add(
                    measure(
                        "Recovery accuracy",
                        "the same images that get their own label",
                        ra,
                        trusted)));
    result
        .syntheticAsr()
        .ifPresent(
            asr ->
                rows.add(
                    measure(
                        "Attack success, synthetic",
                        "hold-out images that the synthesised triggers turn",
                        asr,
                        result.measuredOn().syntheticAsr())));
    result.relapses().forEach(relapse -> rows.add(measure(relapse)));
    return rows;
  }

  private static ReportPage.Measure measure(RepairResult.Relapse relapse) {
    return new ReportPage.Measure(
        "New trigger for label " + relapse.label(),
        String.format(
            Locale.ROOT,
            "the strongest %s, sought again on the repaired network; other labels reach %s",
            relapse.shown(),
            percent(relapse.otherLabels())),
        percent(relapse.before()),
        "",
        percent(relapse.after()),
        relapse.standsOut() ? "still easier than others" : "no easier than others",
        "tuning part of the clean sample");
  }

  private static ReportPage.Measure measure(
      String name, String meaning, BeforeAfter share, String images) {
    return new ReportPage.Measure(
        name,
        meaning,
        String.format(Locale.ROOT, "%.2f %%", share.before().value()),
        interval(share.before()),
        String.format(Locale.ROOT, "%.2f %%", share.after().value()),
        interval(share.after()),
        images + ", n = " + share.after().n());
  }

  private static String interval(Proportion share) {
    return String.format(Locale.ROOT, "%.2f – %.2f", share.low(), share.high());
  }

  private List<ReportPage.Pictured> pictures() {
    List<ReportPage.Pictured> pictures = new ArrayList<>();
    Optional<HuntResult> hunt = outcome.hunt();
    if (hunt.isPresent()) {
      for (LabelFinding finding : hunt.get().findings()) {
        int label = finding.label();
        pictures.add(
            pictured(
                label,
                finding.trigger(),
                size(finding.norm()),
                String.format(Locale.ROOT, "%.2f", finding.index()),
                percent(100 * finding.success()),
                hunt.get().accused().contains(label)
                    ? "backdoor"
                    : hunt.get().doubtful().contains(label) ? "doubtful" : ""));
      }
    } else if (outcome.target().isPresent()) {
      for (Trigger trigger : outcome.proxies()) {
        pictures.add(
            pictured(
                outcome.target().getAsInt(),
                trigger,
                size(trigger.norm()),
                "",
                "",
                "named by the user"));
      }
    }
    return pictures;
  }

  private static String size(double norm) {
    return String.format(Locale.ROOT, norm < 10 ? "%.2f" : "%.1f", norm);
  }

  private ReportPage.Pictured pictured(
      int label, Trigger trigger, String norm, String index, String works, String mark) {
    ImageSet images = sample.holdOut();
    int[] others = images.without(label);
    String triggered =
        others.length == 0
            ? ""
            : TriggerPicture.dataUri(
                TriggerPicture.on(trigger, images.floats(new int[] {others[0]})));
    return new ReportPage.Pictured(
        label,
        name(label),
        norm,
        index,
        works,
        mark,
        TriggerPicture.dataUri(TriggerPicture.mask(trigger)),
        TriggerPicture.dataUri(TriggerPicture.of(trigger)),
        triggered);
  }

  private List<ReportPage.LayerStrip> strips() {
    Map<String, Map<Integer, PrunedChannel>> byLayer = new LinkedHashMap<>();
    for (Node node : suspect.architecture().nodes()) {
      byLayer.put(node.name(), new TreeMap<>());
    }
    for (PrunedChannel channel : outcome.plan().channels()) {
      byLayer
          .computeIfAbsent(channel.layer(), name -> new TreeMap<>())
          .put(channel.index(), channel);
    }
    int widest = 1;
    for (Node node : suspect.architecture().nodes()) {
      widest = prunable(node) ? Math.max(widest, node.output().channels()) : widest;
    }
    List<ReportPage.LayerStrip> strips = new ArrayList<>();
    for (Node node : suspect.architecture().nodes()) {
      Map<Integer, PrunedChannel> pruned = byLayer.getOrDefault(node.name(), Map.of());
      boolean silentConvolution = node.layer() instanceof Layer.Conv2d && pruned.isEmpty();
      if (prunable(node) && !silentConvolution) {
        int total = node.output().channels();
        List<ReportPage.Cell> cells = new ArrayList<>();
        for (PrunedChannel channel : pruned.values()) {
          cells.add(
              new ReportPage.Cell(
                  100.0 * channel.index() / total,
                  100.0 / total,
                  "channel " + channel.index() + ": " + channel.reason()));
        }
        // The square root keeps narrow layers visible beside wide ones.
        double width = 100 * Math.sqrt((double) total / widest);
        strips.add(new ReportPage.LayerStrip(node.name(), total, pruned.size(), width, cells));
      }
    }
    return strips;
  }

  private static boolean prunable(Node node) {
    return node.layer() instanceof Layer.BatchNorm || node.layer() instanceof Layer.Conv2d;
  }

  private String prunedSummary() {
    RepairResult.Channels channels = result.channels();
    return String.format(
        Locale.ROOT,
        "%d of %d channels pruned; %,d of %,d parameters and %,d of %,d multiply-accumulates remain"
            + " in use.",
        channels.pruned(),
        channels.total(),
        result.parameters().after(),
        result.parameters().before(),
        result.macs().after(),
        result.macs().before());
  }

  private List<ReportPage.StageTime> stages() {
    double longest =
        result.seconds().stages().values().stream().mapToDouble(s -> s).max().orElse(1);
    List<ReportPage.StageTime> stages = new ArrayList<>();
    result
        .seconds()
        .stages()
        .forEach(
            (stage, seconds) ->
                stages.add(
                    new ReportPage.StageTime(
                        stage,
                        String.format(Locale.ROOT, "%.1f s", seconds),
                        100 * seconds / Math.max(longest, 1e-9))));
    return stages;
  }

  private Map<String, String> facts() {
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

  private Map<String, String> settings() {
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

  private Map<String, String> versions() {
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

  private String charts() {
    Map<String, Object> charts = new LinkedHashMap<>();
    outcome
        .hunt()
        .ifPresent(
            hunt -> {
              charts.put("labels", result.labels());
              charts.put("floor", hunt.floor());
            });
    List<Map<String, Object>> searches = new ArrayList<>();
    for (LearningCurve curve : outcome.searches()) {
      searches.add(
          Map.of("mean", curve.meanPhi(), "best", curve.bestPhi(), "pruned", curve.pruned()));
    }
    charts.put("searches", searches);
    return HtmlPage.embeddable(charts);
  }
}
