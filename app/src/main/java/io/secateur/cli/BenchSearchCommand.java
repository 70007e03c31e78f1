package io.secateur.cli;

import io.secateur.bench.GroundTruthFile;
import io.secateur.bench.SearchBench;
import io.secateur.bench.SearchList;
import io.secateur.data.DataSpec;
import io.secateur.data.ImageSet;
import io.secateur.data.Split;
import io.secateur.format.LoadedModel;
import io.secateur.metric.Evaluator;
import io.secateur.metric.GroundTruth;
import io.secateur.prune.NoSuchUnits;
import io.secateur.report.ResultJson;
import io.secateur.run.Checkpoints;
import io.secateur.run.RunContext;
import io.secateur.run.SeedTree;
import java.io.IOException;
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

/** {@code bench search}: searches beside each other under the same triggers. */
@Command(
    name = "search",
    description =
        "Hunts for a trigger once and lets several searches for channels to prune go by it: what"
            + " graph, agent and reward are worth, and how well synthetic triggers stand for the"
            + " true one.",
    mixinStandardHelpOptions = true)
final class BenchSearchCommand implements Callable<Integer> {
  @Mixin private final ModelOptions model = new ModelOptions();
  @Mixin private final CommonOptions common = new CommonOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--searches",
      paramLabel = "FILE.yaml",
      required = true,
      description = "What to compare; experiments/searches.yaml is an example.")
  private Path searches = Path.of("");

  @Option(
      names = "--data",
      paramLabel = "DATA",
      required = true,
      description = "Images to measure on, @test unless said otherwise: " + DataOption.FORM + ".")
  private String data = "";

  @Option(
      names = "--clean",
      paramLabel = "DATA",
      description = "The defender's images (default: @defender of --data).")
  private @Nullable String defenders;

  @Option(
      names = "--truth",
      paramLabel = "FILE",
      description = "Ground truth (default: what a network of the zoo comes with).")
  private @Nullable Path truth;

  @Mixin private final CleanSizeOption cleanSize = new CleanSizeOption();

  @Override
  public Integer call() throws IOException {
    common.check();
    cleanSize.check();
    SearchList list = SearchList.read(searches);
    DataSpec from = DataOption.parse("--data", data, Split.TEST);
    ImageSet clean =
        defenders == null
            ? from.at(Split.DEFENDER).load()
            : DataOption.parse("--clean", defenders, Split.DEFENDER).load();
    int size = cleanSize.of(clean);
    ImageSet test = from.load();
    LoadedModel loaded = ModelLoading.load(model, test.shape());
    Evaluator.check(loaded.network(), test);
    Optional<GroundTruth> known =
        Optional.ofNullable(truth)
            .or(model::truth)
            .map(file -> GroundTruthFile.read(file, test.shape(), test.classes()));
    common.apply();
    RunContext run =
        new RunContext(
            new SeedTree(common.seed()),
            common.progress(spec.commandLine().getErr()),
            Checkpoints.NONE);
    try {
      print(
          spec.commandLine().getOut(),
          SearchBench.of(loaded, clean, size, test, known, list, ProductVersion.number(), run));
    } catch (NoSuchUnits e) {
      throw CommandFailure.usage("--searches: " + searches + ": units: " + e.getMessage());
    }
    return ExitCode.DONE;
  }

  private void print(PrintWriter out, SearchBench.Result result) {
    if (common.json()) {
      out.println(ResultJson.of(result));
    } else {
      if (result.target().isEmpty()) {
        out.println("no trigger stands out: there is nothing to search for");
      }
      for (SearchBench.Trial trial : result.searches()) {
        out.printf(
            Locale.ROOT,
            "%-28s phi %6.3f  CA %s  ASR %s  %d channels  %d masks  %.0f s%n",
            trial.name(),
            trial.phi(),
            trial.after().cleanAccuracy(),
            trial.after().trueAsr().map(String::valueOf).orElse("unknown"),
            trial.channels(),
            trial.evaluations(),
            trial.seconds());
      }
    }
    out.flush();
  }
}
