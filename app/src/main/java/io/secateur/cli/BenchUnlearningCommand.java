package io.secateur.cli;

import io.secateur.data.CleanSample;
import io.secateur.data.DataSpec;
import io.secateur.data.ImageSet;
import io.secateur.data.Split;
import io.secateur.format.LoadedModel;
import io.secateur.metric.Evaluator;
import io.secateur.metric.Proportion;
import io.secateur.report.ResultJson;
import io.secateur.run.Checkpoints;
import io.secateur.run.RunContext;
import io.secateur.run.SeedTree;
import io.secateur.run.Stopwatch;
import io.secateur.trigger.UnlearningProbe;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench unlearning}: which label a network falls back on when it forgets. */
@Command(
    name = "unlearning",
    description =
        "Makes a model forget clean images and counts its mistakes by label: those of an"
            + " infected one gather at the label of its backdoor. An experiment, not a verdict.",
    mixinStandardHelpOptions = true)
final class BenchUnlearningCommand implements Callable<Integer> {
  @Mixin private final ModelOptions model = new ModelOptions();
  @Mixin private final CommonOptions common = new CommonOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--clean",
      paramLabel = "DATA",
      required = true,
      description = "Clean images (default split: @defender): " + DataOption.FORM + ".")
  private String clean = "";

  @Mixin private final CleanSizeOption cleanSize = new CleanSizeOption();

  /**
   * What came of it.
   *
   * @param knew images that were recognised before
   * @param mistakes by label: images recognised before that get this label, which is wrong
   * @param label that gets most of them
   * @param share of them, with its interval
   * @param epochs it took
   */
  record Result(
      int schemaVersion,
      String modelSha256,
      String data,
      int images,
      UnlearningProbe.Settings settings,
      int knew,
      List<Integer> mistakes,
      int label,
      Proportion share,
      int epochs,
      double seconds,
      long seed) {}

  @Override
  public Integer call() {
    common.check();
    cleanSize.check();
    DataSpec from = DataOption.parse("--clean", clean, Split.DEFENDER);
    ImageSet images = from.load();
    int size = cleanSize.of(images);
    LoadedModel loaded = ModelLoading.load(model, images.shape());
    Evaluator.check(loaded.network(), images);
    common.apply();
    SeedTree seeds = new SeedTree(common.seed());
    ImageSet drawn =
        CleanSample.draw(images, size, CleanSample.HOLD_OUT_SHARE, seeds.seed("clean-sample"))
            .tune();
    Stopwatch watch = Stopwatch.start();
    UnlearningProbe.Answers answers =
        new UnlearningProbe(UnlearningProbe.Settings.DEFAULT)
            .run(
                "hunt-unlearning",
                loaded.network(),
                drawn,
                new RunContext(
                    seeds, common.progress(spec.commandLine().getErr()), Checkpoints.NONE));
    if (answers.total() == 0) {
      throw new CommandFailure(
          ExitCode.INCONCLUSIVE,
          "the model makes no new mistake after unlearning; expected one that can forget");
    }
    Result result =
        new Result(
            2,
            loaded.sha256(),
            drawn.name(),
            answers.images(),
            UnlearningProbe.Settings.DEFAULT,
            answers.knew(),
            answers.mistakes(),
            answers.label(),
            Proportion.of(answers.mistakes().get(answers.label()), answers.total()),
            answers.epochs(),
            watch.seconds(),
            common.seed());
    print(spec.commandLine().getOut(), result);
    return ExitCode.DONE;
  }

  private void print(PrintWriter out, Result result) {
    if (common.json()) {
      out.println(ResultJson.of(result));
    } else {
      out.printf(
          Locale.ROOT,
          "label %d gets %s of the new mistakes; by label: %s%n",
          result.label(),
          result.share(),
          result.mistakes());
    }
    out.flush();
  }
}
