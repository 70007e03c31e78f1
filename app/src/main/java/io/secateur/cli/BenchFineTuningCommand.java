package io.secateur.cli;

import io.secateur.bench.FineTuningTrial;
import io.secateur.bench.GroundTruthFile;
import io.secateur.data.DataSpec;
import io.secateur.data.ImageSet;
import io.secateur.data.Split;
import io.secateur.defence.FineTuning;
import io.secateur.format.LoadedModel;
import io.secateur.metric.Evaluator;
import io.secateur.metric.GroundTruth;
import io.secateur.report.ResultJson;
import io.secateur.run.Checkpoints;
import io.secateur.run.RunContext;
import io.secateur.run.SeedTree;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench fine-tuning}: whether plain fine-tuning removes a backdoor for free. */
@Command(
    name = "fine-tuning",
    description =
        "Fine-tunes an infected model on clean images, blindly, and measures what is left of the"
            + " backdoor: what the plainest defence reaches.",
    mixinStandardHelpOptions = true)
final class BenchFineTuningCommand implements Callable<Integer> {
  @Mixin private final ModelOptions model = new ModelOptions();
  @Mixin private final CommonOptions common = new CommonOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--data",
      paramLabel = "DATA",
      required = true,
      description =
          "Images: fine-tuned on some of @defender, measured on @test: " + DataOption.FORM + ".")
  private String data = "";

  @Option(
      names = "--truth",
      paramLabel = "FILE",
      description = "Ground truth (default: what a network of the zoo comes with).")
  private @Nullable Path truth;

  @Mixin private final CleanSizeOption cleanSize = new CleanSizeOption();

  @Option(
      names = "--epochs",
      paramLabel = "N",
      defaultValue = "20",
      description = "Times that each is seen (default: ${DEFAULT-VALUE}).")
  private int epochs;

  @Option(
      names = "--learning-rate",
      paramLabel = "RATE",
      defaultValue = "0.01",
      description = "Learning rate at the start of its cosine (default: ${DEFAULT-VALUE}).")
  private double learningRate;

  @Override
  public Integer call() {
    common.check();
    cleanSize.check();
    FineTuning.Settings settings = settings();
    DataSpec from = DataOption.parse("--data", data, Split.TEST);
    ImageSet clean = from.at(Split.DEFENDER).load();
    int size = cleanSize.of(clean);
    ImageSet test = from.at(Split.TEST).load();
    LoadedModel loaded = ModelLoading.load(model, test.shape());
    Evaluator.check(loaded.network(), test);
    Optional<GroundTruth> known =
        Optional.ofNullable(truth)
            .or(model::truth)
            .map(file -> GroundTruthFile.read(file, test.shape(), test.classes()));
    common.apply();
    FineTuningTrial.Result result =
        FineTuningTrial.of(
            loaded,
            settings,
            clean,
            size,
            test,
            known,
            new RunContext(
                new SeedTree(common.seed()),
                common.progress(spec.commandLine().getErr()),
                Checkpoints.NONE));
    print(spec.commandLine().getOut(), result);
    return ExitCode.DONE;
  }

  private FineTuning.Settings settings() {
    try {
      return new FineTuning.Settings(epochs, learningRate, FineTuningTrial.BATCH);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage("--epochs, --learning-rate: " + e.getMessage());
    }
  }

  private void print(PrintWriter out, FineTuningTrial.Result result) {
    if (common.json()) {
      out.println(ResultJson.of(result));
    } else {
      out.printf(
          Locale.ROOT,
          "CA         %s -> %s%n",
          result.cleanAccuracy().before(),
          result.cleanAccuracy().after());
      result
          .trueAsr()
          .ifPresent(
              asr -> out.printf(Locale.ROOT, "ASR        %s -> %s%n", asr.before(), asr.after()));
    }
    out.flush();
  }
}
