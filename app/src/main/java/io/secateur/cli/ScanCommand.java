package io.secateur.cli;

import io.secateur.data.CleanSample;
import io.secateur.data.DataSpec;
import io.secateur.data.ImageSet;
import io.secateur.data.Split;
import io.secateur.format.LoadedModel;
import io.secateur.metric.Evaluator;
import io.secateur.metric.Proportion;
import io.secateur.nn.Network;
import io.secateur.report.Calibration;
import io.secateur.report.Fallback;
import io.secateur.report.ResultJson;
import io.secateur.report.SarifReport;
import io.secateur.report.ScanResult;
import io.secateur.run.Checkpoints;
import io.secateur.run.Progress;
import io.secateur.run.Rules;
import io.secateur.run.RunContext;
import io.secateur.run.SeedTree;
import io.secateur.run.Stopwatch;
import io.secateur.tracking.Tracking;
import io.secateur.trigger.FamilyHunt;
import io.secateur.trigger.HuntResult;
import io.secateur.trigger.LabelFinding;
import io.secateur.trigger.TriggerFamily;
import io.secateur.trigger.Verdict;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code scan}: trigger synthesis and verdict; changes and writes nothing. */
@Command(
    name = "scan",
    description =
        "Looks for a backdoor: synthesises a trigger for every label and judges them; if none stands"
            + " out, makes a copy of the model forget and sees which label it falls back on.",
    mixinStandardHelpOptions = true)
final class ScanCommand implements Callable<Integer> {
  private static final Set<Finding> FAILING = Set.of(Finding.BACKDOOR, Finding.INCONCLUSIVE);

  @Mixin private final ModelOptions model = new ModelOptions();
  @Mixin private final FailOnOption failOn = new FailOnOption();
  @Mixin private final SarifOption sarif = new SarifOption();
  @Mixin private final TrackingOptions tracking = new TrackingOptions();
  @Mixin private final CommonOptions common = new CommonOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--clean",
      paramLabel = "DATA",
      required = true,
      description = "Clean images (default split: @defender): " + DataOption.FORM + ".")
  private String clean = "";

  @Option(
      names = "--paper",
      description =
          "Neural Cleanse as published, for every label, and nothing else; the anomaly index alone"
              + " decides. Takes hours.")
  private boolean paper;

  @Option(
      names = "--triggers",
      split = ",",
      paramLabel = "KIND",
      description =
          "Kinds of triggers that are hunted, of patch, warp and shift (of channels inside the"
              + " network); nothing else is asked then. Default: one after the other until one"
              + " accuses a label.")
  private Set<String> triggers = new TreeSet<>();

  @Mixin private final CleanSizeOption cleanSize = new CleanSizeOption();

  @Override
  public Integer call() throws IOException {
    common.check();
    FamilyHunt hunts = hunts();
    model.preprocessing();
    Set<Finding> failing = failOn.orElse(FAILING);
    sarif.check(model.model());
    tracking.check();
    DataSpec dataSpec = DataOption.parse("--clean", clean, Split.DEFENDER);
    cleanSize.check();
    ImageSet images = dataSpec.load();
    LoadedModel loaded = ModelLoading.load(model, images.shape());
    Evaluator.check(loaded.network(), images);
    int size = cleanSize.of(images);
    SeedTree seeds = new SeedTree(common.seed());
    CleanSample sample =
        CleanSample.draw(images, size, CleanSample.HOLD_OUT_SHARE, seeds.seed("clean-sample"));

    if (hunts.families().stream().noneMatch(family -> family.fits().test(loaded.network()))) {
      throw CommandFailure.usage(
          "--triggers: "
              + loaded.network().architecture().name()
              + " has no batch norm whose channels could be raised; expected patch or warp as well");
    }

    common.apply();
    Stopwatch watch = Stopwatch.start();
    PrintWriter err = spec.commandLine().getErr();
    List<String> notes = new ArrayList<>();
    Progress progress = common.progress(err);
    PreprocessingCheck.warning(loaded, images, progress).ifPresent(notes::add);
    notes.addAll(left(hunts, loaded.network()));
    notes.forEach(note -> err.println("secateur: warning: " + note));
    Proportion accuracy =
        Evaluator.evaluate(loaded.network(), sample.tune(), Optional.empty()).cleanAccuracy();
    HuntResult hunt;
    ScanResult result;
    try (Tracking told = tracking.start("scan", asked(loaded, images), progress, err)) {
      RunContext context = new RunContext(seeds, told, Checkpoints.NONE);
      hunt = hunts.run("hunt", loaded.network(), sample.tune(), context);
      result = result(loaded, images, accuracy, hunt, watch.seconds(), notes);
      told.finished(ResultJson.of(result), List.of());
    }
    sarif.write(SarifReport.of(result, ProductVersion.number()));
    print(spec.commandLine().getOut(), result);
    return FailOnOption.exitCode(found(hunt.verdict()), failing);
  }

  /** What is not looked for. */
  private List<String> left(FamilyHunt hunts, Network network) {
    Map<Boolean, List<String>> hunted =
        hunts.families().stream()
            .collect(
                Collectors.partitioningBy(
                    family -> family.fits().test(network),
                    Collectors.mapping(TriggerFamily::name, Collectors.toList())));
    List<String> left = new ArrayList<>();
    if (!triggers.isEmpty()) {
      left.add(
          "nothing but triggers of these kinds was hunted: "
              + String.join(", ", hunted.getOrDefault(true, List.of())));
    }
    hunted
        .getOrDefault(false, List.of())
        .forEach(
            name ->
                left.add(
                    "triggers of the kind "
                        + name
                        + " were not hunted: the network has nothing that they change"));
    return left;
  }

  private FamilyHunt hunts() {
    if (paper && !triggers.isEmpty()) {
      throw CommandFailure.usage("--paper and --triggers exclude each other");
    }
    if (triggers.isEmpty()) {
      return paper ? FamilyHunt.paper() : FamilyHunt.standard();
    }
    try {
      return FamilyHunt.only(triggers);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage("--triggers: " + e.getMessage());
    }
  }

  private Map<String, String> asked(LoadedModel loaded, ImageSet images) throws IOException {
    return Map.of(
        "model",
        String.valueOf(loaded.path().getFileName()),
        "model.sha256",
        loaded.sha256(),
        "clean",
        images.name(),
        "clean-size",
        String.valueOf(cleanSize.of(images)),
        "paper",
        String.valueOf(paper),
        "triggers",
        String.join(",", triggers),
        "seed",
        String.valueOf(common.seed()),
        "version",
        ProductVersion.number(),
        Rules.KEY,
        Rules.NUMBER);
  }

  private static Set<Finding> found(Verdict verdict) {
    return switch (verdict) {
      case CLEAN -> Set.of();
      case BACKDOORED -> Set.of(Finding.BACKDOOR, Finding.UNREPAIRED);
      case INCONCLUSIVE -> Set.of(Finding.INCONCLUSIVE);
    };
  }

  private ScanResult result(
      LoadedModel loaded,
      ImageSet images,
      Proportion accuracy,
      HuntResult hunt,
      double seconds,
      List<String> notes) {
    List<ScanResult.Label> labels = new ArrayList<>();
    for (LabelFinding finding : hunt.findings()) {
      labels.add(
          new ScanResult.Label(
              finding.label(),
              images.classNames().get(finding.label()),
              finding.norm(),
              finding.index(),
              100 * finding.success(),
              finding.restarts().size()));
    }
    return new ScanResult(
        1,
        hunt.verdict().name().toLowerCase(Locale.ROOT),
        hunt.reason(),
        hunt.accused().stream().findFirst(),
        hunt.accused(),
        hunt.doubtful(),
        hunt.family(),
        accuracy,
        hunt.floor(),
        hunt.prominence(),
        Fallback.of(hunt),
        paper || !triggers.isEmpty() ? Optional.empty() : Calibration.of(hunt),
        labels,
        new ScanResult.Model(
            loaded.path().toString(),
            loaded.sha256(),
            loaded.network().architecture().name(),
            loaded.network().preprocessing().toString()),
        images.name(),
        common.seed(),
        seconds,
        notes);
  }

  private void print(PrintWriter out, ScanResult result) {
    if (common.json()) {
      out.println(ResultJson.of(result));
      out.flush();
      return;
    }
    out.printf(
        Locale.ROOT,
        "model      %s (%s)%nCA         %s%n%n",
        Shown.text(result.model().path()),
        result.model().architecture(),
        result.cleanAccuracy());
    out.printf(
        Locale.ROOT,
        "%5s  %-16s %8s %8s %9s%n",
        "label",
        "class",
        result.triggers(),
        "anomaly",
        "works");
    for (ScanResult.Label label : result.labels()) {
      String mark =
          result.accused().contains(label.label())
              ? "  <- backdoor"
              : result.doubtful().contains(label.label()) ? "  <- doubtful" : "";
      out.printf(
          Locale.ROOT,
          "%5d  %-16s %8.2f %8.2f %7.1f %%%s%n",
          label.label(),
          Shown.text(label.name()),
          label.norm(),
          label.anomalyIndex(),
          label.success(),
          mark);
    }
    result
        .fallback()
        .ifPresent(fallback -> out.printf(Locale.ROOT, "%n%s.%n", fallback.sentence()));
    String verdict = Verdict.valueOf(result.verdict().toUpperCase(Locale.ROOT)).name();
    out.printf(Locale.ROOT, "%n%s: %s%n", verdict, result.reason());
    result.calibration().ifPresent(of -> out.printf(Locale.ROOT, "%s.%n", of.sentence()));
    out.flush();
  }
}
