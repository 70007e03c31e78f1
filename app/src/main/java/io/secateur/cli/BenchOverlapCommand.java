package io.secateur.cli;

import io.secateur.bench.GroundTruthFile;
import io.secateur.bench.OverlapBench;
import io.secateur.data.DataSpec;
import io.secateur.data.ImageSet;
import io.secateur.data.Split;
import io.secateur.format.LoadedModel;
import io.secateur.metric.Evaluator;
import io.secateur.metric.GroundTruth;
import io.secateur.report.ChangePicture;
import io.secateur.report.ResultJson;
import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench overlap}: whether the channels of a backdoor keep their numbers. */
@Command(
    name = "overlap",
    description =
        "Measures how far the true trigger moves every channel, and whether those that it moves"
            + " most have the same numbers in other blocks of their stage.",
    mixinStandardHelpOptions = true)
final class BenchOverlapCommand implements Callable<Integer> {
  private static final List<String> ROLES = List.of("inner", "branch", "sum");

  @Mixin private final ModelOptions model = new ModelOptions();
  @Mixin private final CommonOptions common = new CommonOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--data",
      paramLabel = "DATA",
      required = true,
      description =
          "Images to put the trigger on, @test unless said otherwise: " + DataOption.FORM + ".")
  private String data = "";

  @Option(
      names = "--truth",
      paramLabel = "FILE",
      description = "Ground truth (default: what a network of the zoo comes with).")
  private @Nullable Path truth;

  @Option(
      names = "--images",
      paramLabel = "N",
      defaultValue = "1000",
      description = "How many of them, the first ones (default: ${DEFAULT-VALUE}).")
  private int count;

  @Option(
      names = "--top",
      paramLabel = "PART",
      defaultValue = "0.05",
      description =
          "Part of a layer's channels that counts as moved most (default: ${DEFAULT-VALUE}).")
  private double top;

  @Option(
      names = "--picture",
      paramLabel = "FILE.svg",
      description = "Where to draw every stage that has more than one block.")
  private @Nullable Path picture;

  @Override
  public Integer call() throws IOException {
    common.check();
    if (count < 1) {
      throw CommandFailure.usage("--images is " + count + "; expected at least 1");
    }
    if (!(top > 0 && top <= 1)) {
      throw CommandFailure.usage("--top is " + top + "; expected more than 0, at most 1");
    }
    FileOption.check("--picture", picture, model.model());
    Path known = truth == null ? model.truth().orElse(null) : truth;
    if (known == null) {
      throw CommandFailure.usage(
          "--truth is missing; expected the ground truth of the model's backdoor");
    }
    DataSpec from = DataOption.parse("--data", data, Split.TEST);
    ImageSet all = from.load();
    ImageSet images = all.select(Arrays.copyOf(all.indices(), Math.min(count, all.size())));
    GroundTruth backdoor = GroundTruthFile.read(known, images.shape(), images.classes());
    LoadedModel loaded = ModelLoading.load(model, images.shape());
    Evaluator.check(loaded.network(), images);
    common.apply();
    String product = ProductVersion.number();
    OverlapBench.Result result =
        ModelLoading.measured(
            loaded, () -> OverlapBench.of(loaded, images, backdoor, top, product));
    if (picture != null) {
      FileOption.write(picture, ChangePicture.of(panels(result)).strip());
    }
    print(spec.commandLine().getOut(), result);
    return ExitCode.DONE;
  }

  private void print(PrintWriter out, OverlapBench.Result result) {
    if (common.json()) {
      out.println(ResultJson.of(result));
    } else {
      for (OverlapBench.Pair pair : result.pairs()) {
        out.printf(
            Locale.ROOT,
            "%-10s %-7s %-24s %-24s %s  %d of %d shared (by chance %.1f)  rank correlation %s%n",
            pair.stage(),
            pair.role(),
            pair.first(),
            pair.second(),
            pair.coupled() ? "tied" : "free",
            pair.shared(),
            pair.top(),
            pair.top() * pair.byChance() / 100,
            pair.rankCorrelation().isPresent()
                ? String.format(Locale.ROOT, "%.2f", pair.rankCorrelation().getAsDouble())
                : "none");
      }
    }
    out.flush();
  }

  /** A panel for each stage and number of channels; sums last, whose order the columns have. */
  private static List<ChangePicture.Panel> panels(OverlapBench.Result result) {
    Map<String, List<OverlapBench.Site>> stages =
        result.sites().stream()
            .filter(site -> paired(result, site))
            .sorted(Comparator.comparing(site -> ROLES.indexOf(site.role())))
            .collect(
                Collectors.groupingBy(
                    site -> site.stage() + ", " + site.change().size() + " channels",
                    TreeMap::new,
                    Collectors.toList()));
    return stages.entrySet().stream()
        .map(
            stage ->
                new ChangePicture.Panel(
                    stage.getKey(),
                    stage.getValue().stream()
                        .map(
                            site ->
                                new ChangePicture.Row(
                                    site.node() + " (" + site.role() + ")", values(site)))
                        .toList()))
        .toList();
  }

  private static boolean paired(OverlapBench.Result result, OverlapBench.Site site) {
    return result.pairs().stream()
        .anyMatch(pair -> pair.first().equals(site.node()) || pair.second().equals(site.node()));
  }

  private static double[] values(OverlapBench.Site site) {
    return site.change().stream().mapToDouble(BigDecimal::doubleValue).toArray();
  }
}
