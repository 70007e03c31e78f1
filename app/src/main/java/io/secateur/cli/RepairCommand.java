package io.secateur.cli;

import io.secateur.bench.BadSetting;
import io.secateur.bench.GroundTruthFile;
import io.secateur.bench.Method;
import io.secateur.bench.ModelFormat;
import io.secateur.bench.PlanFile;
import io.secateur.bench.PlanReplay;
import io.secateur.bench.PointsFile;
import io.secateur.bench.RepairRequest;
import io.secateur.bench.RepairRun;
import io.secateur.data.DataSpec;
import io.secateur.data.ImageSet;
import io.secateur.data.Split;
import io.secateur.format.LoadedModel;
import io.secateur.format.ModelFile;
import io.secateur.metric.Evaluator;
import io.secateur.metric.GroundTruth;
import io.secateur.report.ModelBom;
import io.secateur.report.RepairResult;
import io.secateur.report.ResultJson;
import io.secateur.report.SarifReport;
import io.secateur.run.Progress;
import io.secateur.run.Rules;
import io.secateur.tracking.Tracking;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code repair}: finds the backdoor, prunes the channels that carry it, shows the evidence. */
@Command(
    name = "repair",
    description = "Finds a backdoor, prunes the channels that carry it, and shows the evidence.",
    mixinStandardHelpOptions = true)
final class RepairCommand implements Callable<Integer> {
  @Mixin private final ModelOptions model = new ModelOptions();
  @Mixin private final MethodOptions method = new MethodOptions();
  @Mixin private final OutOptions out = new OutOptions();
  @Mixin private final StressOption stress = new StressOption();
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

  @Mixin private final CleanSizeOption cleanSize = new CleanSizeOption();

  @Option(
      names = "--trusted-eval",
      paramLabel = "DATA",
      description =
          "Images to measure on before and after; the method never sees them (default with --truth:"
              + " the @test split of --clean).")
  private @Nullable String trustedEval;

  @Option(
      names = "--truth",
      paramLabel = "FILE",
      description = "Ground truth, to measure with; the method never sees it.")
  private @Nullable Path truth;

  @Option(
      names = "--to",
      paramLabel = "FORMAT",
      description =
          "Format of the repaired file: pytorch, safetensors or onnx (default: as it came).")
  private @Nullable String to;

  @Option(
      names = "--compact",
      description =
          "Take the pruned channels out of the file where nothing else holds them, instead of only"
              + " zeroing them: it gets smaller and faster. Its layers are then listed in"
              + " repaired.layers.yaml beside it, which every command reads with it.")
  private boolean compact;

  @Option(
      names = "--bom",
      paramLabel = "FILE",
      description =
          "Write a bill of materials too: the model, what it came from and how it was measured"
              + " (CycloneDX 1.6, JSON).")
  private @Nullable Path bom;

  @Option(
      names = "--point",
      paramLabel = "N",
      description =
          "Give the same command again with this: prunes by another mask of the finished run in"
              + " --out, numbered as in its report, without a search, and writes point-N there; --json"
              + " prints what apply prints. Nothing is measured or taught again on it.")
  private @Nullable Integer point;

  @Option(
      names = "--findings",
      paramLabel = "DIR",
      description =
          "Keep what the hunt finds in DIR and take it from there: repairs of one model by several"
              + " methods hunt once. Its seconds count for each.")
  private @Nullable Path findings;

  @Option(
      names = "--time-budget",
      paramLabel = "TIME",
      description =
          "Stop after such as 90s, 10m or 2h, ready to go on; a repair that lacks no more than --stress"
              + " ends without that.")
  private @Nullable String timeBudget;

  @Override
  public Integer call() throws IOException {
    // Everything that can be refused is refused before anything is written.
    common.check();
    model.preprocessing();
    out.check(model.model());
    Set<Finding> failing = failOn.orElse(RepairText.FAILING);
    sarif.check(model.model());
    tracking.check();
    FileOption.check("--bom", bom, model.model());
    cleanSize.check();
    Method chosen = method.method();
    method.target();
    double seconds = timeBudget == null ? Double.POSITIVE_INFINITY : TimeBudget.seconds(timeBudget);
    Optional<ModelFile.Layout> layout = layout();
    DataSpec cleanSpec = DataOption.parse("--clean", clean, Split.DEFENDER);
    Optional<DataSpec> trustedSpec = trustedSpec(cleanSpec);

    ImageSet images = cleanSpec.load();
    LoadedModel loaded = ModelLoading.load(model, images.shape());
    if (point != null) {
      return exported(point, loaded);
    }
    Evaluator.check(loaded.network(), images);
    method.checkTarget(images.classes());
    MethodOptions.check(chosen.defence(), loaded.network());
    int size = cleanSize.of(images);
    Optional<ImageSet> trusted = trustedSpec.map(DataSpec::load);
    trusted.ifPresent(set -> Evaluator.check(loaded.network(), set));
    Optional<GroundTruth> known =
        Optional.ofNullable(truth)
            .map(file -> GroundTruthFile.read(file, images.shape(), images.classes()));

    common.apply();
    PrintWriter err = spec.commandLine().getErr();
    List<String> notes = new ArrayList<>();
    Progress progress = common.progress(err, seconds);
    PreprocessingCheck.warning(loaded, images, Progress.SILENT).ifPresent(notes::add);
    notes.forEach(note -> err.println("secateur: warning: " + note));
    RepairRequest request =
        new RepairRequest(
            loaded,
            images,
            size,
            chosen.defence(),
            chosen.settings(),
            method.target(),
            method.policy(),
            trusted,
            known,
            layout.orElse(loaded.file().layout()),
            compact,
            stress.asked(),
            Optional.ofNullable(findings),
            out.out(),
            out.existing(),
            common.seed(),
            ProductVersion.number());
    RepairResult result;
    try (Tracking told = tracking.start("repair", asked(request), progress, err)) {
      result = RepairRun.of(request, notes, told);
      told.finished(ResultJson.of(result), reports(result));
    }
    sarif.write(SarifReport.of(result));
    FileOption.write(bom, ResultJson.of(ModelBom.of(result)));
    RepairText.warn(err, result, notes);
    RepairText.print(
        spec.commandLine().getOut(), result, images.classNames(), out.out(), common.json());
    return RepairText.exitCode(result, failing);
  }

  /** Another point of a run that is done. */
  private int exported(int number, LoadedModel loaded) throws IOException {
    if (layout().filter(asked -> asked != loaded.file().layout()).isPresent()) {
      throw CommandFailure.usage(
          "--to does not go with --point, which keeps the format of MODEL; convert the file after");
    }
    if (sarif.asked() || bom != null) {
      throw CommandFailure.usage(
          (bom == null ? "--sarif" : "--bom")
              + " does not go with --point, after which nothing is measured that could stand there");
    }
    PlanFile plan;
    try {
      plan = PointsFile.plan(out.out(), number);
    } catch (BadSetting e) {
      throw CommandFailure.usage("--" + e.getMessage());
    }
    Path points = out.out().resolve(PointsFile.NAME);
    if (!plan.model().is(loaded)) {
      throw CommandFailure.usage(
          "--point: " + points + " is of another model; expected " + plan.model().expected(loaded));
    }
    Path file = out.out().resolve("point-" + number + ModelFormat.suffix(loaded.file().layout()));
    if (Files.exists(file)) {
      throw CommandFailure.usage("--point: " + file + ": exists; expected a name that is free");
    }
    common.apply();
    PlanReplay.Result result =
        PlanReplay.apply(plan, points, loaded, file, compact, false, common.seed())
            .noting(
                "neither measured nor taught its backdoor again; evaluate measures, and what the"
                    + " report says of a backdoor that sleeps is of the mask that the run chose");
    ReplayText.print(spec.commandLine().getOut(), result, common.json(), false);
    return ExitCode.DONE;
  }

  private Map<String, String> asked(RepairRequest request) throws IOException {
    Map<String, String> asked = new TreeMap<>(request.settings());
    asked.put("model", String.valueOf(model.model().getFileName()));
    asked.put("model.sha256", request.model().sha256());
    asked.put("clean", request.clean().name());
    asked.put("clean-size", String.valueOf(request.cleanSize()));
    asked.put("method", request.defence().name());
    asked.put("seed", String.valueOf(common.seed()));
    asked.put("version", ProductVersion.number());
    asked.put(Rules.KEY, Rules.NUMBER);
    return asked;
  }

  /** What people read of the result; the model stays here. */
  private List<Path> reports(RepairResult result) {
    return result.files().stream()
        .filter(file -> file.matches(".*\\.(json|html|md|png)"))
        .map(out.out()::resolve)
        .toList();
  }

  private Optional<ModelFile.Layout> layout() {
    if (to == null) {
      return Optional.empty();
    }
    Optional<ModelFile.Layout> layout = ModelFormat.named(to);
    if (layout.isEmpty()) {
      throw CommandFailure.usage("--to is '" + to + "'; expected " + ModelFormat.NAMES);
    }
    return layout;
  }

  private Optional<DataSpec> trustedSpec(DataSpec cleanSpec) {
    if (trustedEval != null) {
      return Optional.of(DataOption.parse("--trusted-eval", trustedEval, Split.TEST));
    }
    if (truth == null) {
      return Optional.empty();
    }
    if (cleanSpec.kind() == DataSpec.Kind.FOLDER) {
      throw CommandFailure.usage(
          "--truth needs images to measure on and a folder has no @test; expected --trusted-eval"
              + " DATA too");
    }
    return Optional.of(cleanSpec.at(Split.TEST));
  }
}
