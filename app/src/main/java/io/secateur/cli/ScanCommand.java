package io.secateur.cli;

import io.secateur.bench.LoadedModel;
import io.secateur.data.CleanSample;
import io.secateur.data.DataSpec;
import io.secateur.data.ImageSet;
import io.secateur.data.Split;
import io.secateur.metric.Evaluator;
import io.secateur.metric.Proportion;
import io.secateur.report.ResultJson;
import io.secateur.run.Checkpoints;
import io.secateur.run.RunContext;
import io.secateur.run.SeedTree;
import io.secateur.run.Stopwatch;
import io.secateur.trigger.HuntResult;
import io.secateur.trigger.LabelFinding;
import io.secateur.trigger.TriggerHunt;
import io.secateur.trigger.Verdict;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code scan}: trigger synthesis and verdict; changes and writes nothing. */
@Command(
    name = "scan",
    description = "Looks for a backdoor: synthesises a trigger for every label and judges them.",
    mixinStandardHelpOptions = true)
final class ScanCommand implements Callable<Integer> {
  @Mixin private final ModelOptions model = new ModelOptions();
  @Mixin private final CommonOptions common = new CommonOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--clean",
      paramLabel = "DATA",
      required = true,
      description = "Clean images (default split: @defender): " + DataOption.FORM + ".")
  private String clean = "";

  @Option(
      names = "--clean-size",
      paramLabel = "N",
      defaultValue = "500",
      description = "How many of them to use (default: ${DEFAULT-VALUE}).")
  private int cleanSize;

  /** What {@code --json} prints. */
  record Result(
      int schemaVersion,
      String verdict,
      String reason,
      Optional<Integer> target,
      List<Integer> accused,
      List<Integer> doubtful,
      Proportion cleanAccuracy,
      double medianNorm,
      List<Label> labels,
      Model model,
      String data,
      long seed,
      double seconds,
      List<String> notes) {}

  record Label(
      int label, String name, double norm, double anomalyIndex, double success, int restarts) {}

  record Model(String path, String sha256, String architecture, String preprocessing) {}

  @Override
  public Integer call() {
    common.check();
    model.preprocessing();
    DataSpec dataSpec = DataOption.parse("--clean", clean, Split.DEFENDER);
    if (cleanSize < 20) {
      throw CommandFailure.usage("--clean-size is " + cleanSize + "; expected at least 20");
    }
    ImageSet images = dataSpec.load();
    LoadedModel loaded = ModelLoading.load(model, images.shape());
    Evaluator.check(loaded.network(), images);
    SeedTree seeds = new SeedTree(common.seed());
    CleanSample sample =
        CleanSample.draw(images, cleanSize, CleanSample.HOLD_OUT_SHARE, seeds.seed("clean-sample"));

    common.apply();
    Stopwatch watch = Stopwatch.start();
    PrintWriter err = spec.commandLine().getErr();
    List<String> notes = new ArrayList<>();
    PreprocessingCheck.warning(loaded.network(), images).ifPresent(notes::add);
    notes.forEach(note -> err.println("secateur: warning: " + note));
    Proportion accuracy =
        Evaluator.evaluate(loaded.network(), sample.tune(), Optional.empty()).cleanAccuracy();
    RunContext context = new RunContext(seeds, common.progress(err), Checkpoints.NONE);
    HuntResult hunt = TriggerHunt.standard().run("hunt", loaded.network(), sample.tune(), context);

    print(
        spec.commandLine().getOut(),
        result(loaded, images, accuracy, hunt, watch.seconds(), notes));
    return switch (hunt.verdict()) {
      case CLEAN -> ExitCode.DONE;
      case BACKDOORED -> ExitCode.FINDING;
      case INCONCLUSIVE -> ExitCode.INCONCLUSIVE;
    };
  }

  private Result result(
      LoadedModel loaded,
      ImageSet images,
      Proportion accuracy,
      HuntResult hunt,
      double seconds,
      List<String> notes) {
    List<Label> labels = new ArrayList<>();
    for (LabelFinding finding : hunt.findings()) {
      labels.add(
          new Label(
              finding.label(),
              images.classNames().get(finding.label()),
              finding.norm(),
              finding.index(),
              100 * finding.success(),
              finding.restarts().size()));
    }
    return new Result(
        1,
        hunt.verdict().name().toLowerCase(Locale.ROOT),
        hunt.reason(),
        hunt.accused().stream().findFirst(),
        hunt.accused(),
        hunt.doubtful(),
        accuracy,
        hunt.floor(),
        labels,
        new Model(
            loaded.path().toString(),
            loaded.sha256(),
            loaded.network().architecture().name(),
            loaded.network().preprocessing().toString()),
        images.name(),
        common.seed(),
        seconds,
        notes);
  }

  private void print(PrintWriter out, Result result) {
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
        Locale.ROOT, "%5s  %-16s %8s %8s %9s%n", "label", "class", "norm", "anomaly", "works");
    for (Label label : result.labels()) {
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
    String verdict = Verdict.valueOf(result.verdict().toUpperCase(Locale.ROOT)).name();
    out.printf(Locale.ROOT, "%n%s: %s%n", verdict, result.reason());
    out.flush();
  }
}
