package io.secateur.cli;

import io.secateur.bench.CheckedFile;
import io.secateur.bench.ConvertRun;
import io.secateur.bench.ModelFormat;
import io.secateur.data.DataSpec;
import io.secateur.data.ImageSet;
import io.secateur.data.Split;
import io.secateur.format.FileHash;
import io.secateur.format.LoadedModel;
import io.secateur.format.ModelFile;
import io.secateur.metric.Evaluator;
import io.secateur.nn.FeatureShape;
import io.secateur.report.ResultJson;
import io.secateur.run.SeedTree;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code convert}: the same model as another kind of file. */
@Command(
    name = "convert",
    description =
        "Writes a model as another kind of file, and makes sure that it computes the same.",
    mixinStandardHelpOptions = true)
final class ConvertCommand implements Callable<Integer> {
  private static final int COMPARED_IMAGES = 16;

  @Mixin private final ModelOptions model = new ModelOptions();
  @Mixin private final CommonOptions common = new CommonOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      index = "1",
      paramLabel = "OUT",
      description = "File to write: " + ModelFormat.SUFFIXES + ".")
  private Path out = Path.of("");

  @Option(
      names = "--to",
      paramLabel = "FORMAT",
      description = "pytorch, safetensors or onnx (default: as the name of OUT ends).")
  private @Nullable String to;

  @Mixin private final InputShapeOption input = new InputShapeOption();

  @Option(
      names = "--data",
      paramLabel = "DATA",
      description =
          "Images to compare on (default split: @test; default: random ones): "
              + DataOption.FORM
              + ".")
  private @Nullable String data;

  @Option(names = "--force", description = "Replace OUT if it is there.")
  private boolean force;

  /** What {@code --json} prints. */
  record Result(
      int schemaVersion,
      String from,
      String fromSha256,
      String to,
      String toSha256,
      String layout,
      String architecture,
      String preprocessing,
      Optional<String> layerList,
      CheckedFile.Comparison comparison) {}

  @Override
  public Integer call() throws IOException {
    common.check();
    model.preprocessing();
    ModelFile.Layout layout = layout();
    checkOut();
    FeatureShape given = input.shape();
    Optional<ImageSet> images =
        Optional.ofNullable(data)
            .map(text -> DataOption.parse("--data", text, Split.TEST))
            .map(DataSpec::load);
    LoadedModel loaded = ModelLoading.load(model, images.map(ImageSet::shape).orElse(given));
    images.ifPresent(set -> Evaluator.check(loaded.network(), set));
    common.apply();
    float[] compared =
        images.map(ConvertCommand::some).orElseGet(() -> random(loaded, common.seed()));
    ConvertRun.Result done;
    try {
      done = ConvertRun.of(loaded, out, layout, compared);
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(ExitCode.UNREADABLE, String.valueOf(e.getMessage()));
    }
    print(loaded, layout, done, images.isPresent());
    return ExitCode.DONE;
  }

  private ModelFile.Layout layout() {
    if (to != null) {
      return ModelFormat.named(to)
          .orElseThrow(
              () -> CommandFailure.usage("--to is '" + to + "'; expected " + ModelFormat.NAMES));
    }
    return ModelFormat.ofFile(out.toString())
        .orElseThrow(
            () ->
                CommandFailure.usage(
                    "OUT is "
                        + out
                        + "; expected a name that ends in "
                        + ModelFormat.SUFFIXES
                        + ", or --to FORMAT"));
  }

  private void checkOut() {
    Path folder = out.toAbsolutePath().normalize().getParent();
    if (Files.isDirectory(out)) {
      throw CommandFailure.usage("OUT is " + out + ", a folder; expected a file");
    }
    if (Files.exists(out) && !force) {
      throw CommandFailure.usage(out + " is there already; expected another name, or --force");
    }
    if (!Writable.is(folder)) {
      throw CommandFailure.usage("OUT is " + out + ", which cannot be written");
    }
  }

  private static float[] some(ImageSet images) {
    int count = Math.min(COMPARED_IMAGES, images.size());
    return images.floats(Arrays.copyOf(images.indices(), count));
  }

  private static float[] random(LoadedModel loaded, long seed) {
    FeatureShape shape = loaded.network().architecture().input();
    long fits = Math.max(1, (1L << 24) / shape.size());
    SplittableRandom random = new SplittableRandom(new SeedTree(seed).seed("convert"));
    float[] images = new float[(int) Math.min(COMPARED_IMAGES, fits) * shape.size()];
    for (int i = 0; i < images.length; i++) {
      images[i] = (float) random.nextDouble();
    }
    return images;
  }

  private void print(
      LoadedModel loaded, ModelFile.Layout layout, ConvertRun.Result done, boolean real) {
    PrintWriter printed = spec.commandLine().getOut();
    Result result =
        new Result(
            1,
            loaded.path().toString(),
            loaded.sha256(),
            out.toString(),
            FileHash.sha256(out),
            layout.name().toLowerCase(Locale.ROOT).replace('_', '-'),
            loaded.network().architecture().name(),
            loaded.network().preprocessing().toString(),
            done.layers().map(Path::toString),
            done.comparison());
    if (common.json()) {
      printed.println(ResultJson.of(result));
    } else {
      CheckedFile.Comparison comparison = done.comparison();
      printed.printf(
          Locale.ROOT,
          "%s: %s, compared on %d %s images: largest difference %.1g read back",
          out,
          result.architecture(),
          comparison.images(),
          real ? "real" : "random",
          comparison.readBack());
      comparison
          .onnxRuntime()
          .ifPresent(apart -> printed.printf(Locale.ROOT, ", %.1g in ONNX Runtime", apart));
      printed.println();
      done.layers()
          .ifPresent(
              list ->
                  printed.println("The file does not say its layers: keep " + list + " beside it"));
    }
    printed.flush();
  }
}
