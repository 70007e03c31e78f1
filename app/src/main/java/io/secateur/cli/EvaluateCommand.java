package io.secateur.cli;

import io.secateur.bench.GroundTruthFile;
import io.secateur.data.DataSpec;
import io.secateur.data.ImageSet;
import io.secateur.data.Split;
import io.secateur.defence.Policy;
import io.secateur.format.LoadedModel;
import io.secateur.metric.Evaluation;
import io.secateur.metric.Evaluator;
import io.secateur.metric.GroundTruth;
import io.secateur.metric.Proportion;
import io.secateur.report.ResultJson;
import io.secateur.run.Progress;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code evaluate}: clean accuracy, and with ground truth attack success and recovery. */
@Command(
    name = "evaluate",
    description = "Measures a model: clean accuracy; with ground truth, attack success too.",
    mixinStandardHelpOptions = true)
final class EvaluateCommand implements Callable<Integer> {
  @Mixin private final ModelOptions model = new ModelOptions();
  @Mixin private final FailOnOption failOn = new FailOnOption();
  @Mixin private final CommonOptions common = new CommonOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--data",
      paramLabel = "DATA",
      required = true,
      description = "Images to measure on (default split: @test): " + DataOption.FORM + ".")
  private String data = "";

  @Option(
      names = "--truth",
      paramLabel = "FILE",
      description =
          "Ground truth of the backdoor: target and trigger (default: what a network of the zoo"
              + " comes with).")
  private @Nullable Path truth;

  @Option(
      names = "--max-asr",
      paramLabel = "PERCENT",
      description =
          "Attack success that counts as no backdoor, in percent; needs ground truth (default: none,"
              + " or 5 with --fail-on).")
  private @Nullable Double maxAsr;

  /** What {@code --json} prints. */
  record Result(
      int schemaVersion,
      Proportion cleanAccuracy,
      Optional<Proportion> trueAsr,
      Optional<Proportion> recoveryAccuracy,
      Model model,
      Data data,
      List<PerClass> classes,
      List<String> notes) {}

  record Model(String path, String sha256, String architecture, String preprocessing) {}

  record Data(String name, String sha256, int images) {}

  record PerClass(
      int label, String name, Optional<Proportion> accuracy, Optional<Proportion> recovery) {}

  @Override
  public Integer call() {
    common.check();
    model.preprocessing();
    Set<Finding> failing = failOn.orElse(Set.of(Finding.BACKDOOR));
    Optional<Double> limit = limit();
    DataSpec dataSpec = DataOption.parse("--data", data, Split.TEST);
    ImageSet images = dataSpec.load();
    LoadedModel loaded = ModelLoading.load(model, images.shape());
    Evaluator.check(loaded.network(), images);
    Optional<GroundTruth> known =
        Optional.ofNullable(truth)
            .or(model::truth)
            .map(file -> GroundTruthFile.read(file, images.shape(), images.classes()));
    if (limit.isPresent() && known.isEmpty()) {
      throw CommandFailure.usage(
          "--max-asr and --fail-on need the true trigger to measure with; expected --truth FILE too");
    }

    common.apply();
    PrintWriter err = spec.commandLine().getErr();
    List<String> notes = new ArrayList<>();
    Progress progress = common.progress(err);
    PreprocessingCheck.warning(loaded, images, progress).ifPresent(notes::add);
    notes.forEach(note -> err.println("secateur: warning: " + note));
    progress.begin("evaluate", Evaluator.passes(images, known));
    Evaluation evaluation =
        ModelLoading.measured(
            loaded,
            () ->
                Evaluator.evaluate(
                    loaded.network(), images, known, done -> progress.advance(done, "")));
    progress.end("");

    print(spec.commandLine().getOut(), result(loaded, images, evaluation, notes), known);
    Set<Finding> found = EnumSet.noneOf(Finding.class);
    limit.ifPresent(most -> evaluation.trueAsr().ifPresent(asr -> found.addAll(found(asr, most))));
    return FailOnOption.exitCode(found, failing);
  }

  private Optional<Double> limit() {
    double most = maxAsr == null ? Policy.DEFAULT.maxAsr() : maxAsr;
    if (!(most >= 0 && most <= 100)) {
      throw CommandFailure.usage("--max-asr is " + most + "; expected percent, 0 to 100");
    }
    return maxAsr == null && !failOn.given() ? Optional.empty() : Optional.of(most);
  }

  /** Nothing is settled while the interval reaches across the limit. */
  static Set<Finding> found(Proportion asr, double most) {
    Set<Finding> found = EnumSet.noneOf(Finding.class);
    if (asr.value() > most) {
      found.addAll(Set.of(Finding.BACKDOOR, Finding.UNREPAIRED));
    }
    if (asr.low() <= most && asr.high() > most) {
      found.add(Finding.INCONCLUSIVE);
    }
    return found;
  }

  private static Result result(
      LoadedModel loaded, ImageSet images, Evaluation evaluation, List<String> notes) {
    List<PerClass> classes = new ArrayList<>();
    for (int label = 0; label < images.classes(); label++) {
      int row = label;
      classes.add(
          new PerClass(
              label,
              images.classNames().get(label),
              evaluation.clean().accuracy(label),
              evaluation.triggered().flatMap(confusion -> confusion.accuracy(row))));
    }
    return new Result(
        1,
        evaluation.cleanAccuracy(),
        evaluation.trueAsr(),
        evaluation.recoveryAccuracy(),
        new Model(
            loaded.path().toString(),
            loaded.sha256(),
            loaded.network().architecture().name(),
            loaded.network().preprocessing().toString()),
        new Data(images.name(), images.sha256(), images.size()),
        classes,
        notes);
  }

  private void print(PrintWriter out, Result result, Optional<GroundTruth> known) {
    if (common.json()) {
      out.println(ResultJson.of(result));
    } else {
      out.printf(
          Locale.ROOT,
          "model      %s (%s, preprocessing %s)%n",
          Shown.text(result.model().path()),
          result.model().architecture(),
          result.model().preprocessing());
      out.printf(Locale.ROOT, "data       %s%n", Shown.text(result.data().name()));
      out.printf(Locale.ROOT, "CA         %s%n", result.cleanAccuracy());
      result
          .trueAsr()
          .ifPresent(
              asr ->
                  out.printf(
                      Locale.ROOT,
                      "ASR        %s to %s%n",
                      asr,
                      known.map(truth -> truth.target().toString()).orElse("")));
      result.recoveryAccuracy().ifPresent(ra -> out.printf(Locale.ROOT, "RA         %s%n", ra));
    }
    out.flush();
  }
}
