package io.secateur.cli;

import io.secateur.attack.Attack;
import io.secateur.bench.AttackSettings;
import io.secateur.bench.BadSetting;
import io.secateur.bench.InfectRequest;
import io.secateur.bench.InfectResult;
import io.secateur.bench.InfectRun;
import io.secateur.bench.ModelFormat;
import io.secateur.data.DataSpec;
import io.secateur.data.ImageSet;
import io.secateur.data.Split;
import io.secateur.format.LoadedModel;
import io.secateur.format.ModelFile;
import io.secateur.nn.Architecture;
import io.secateur.nn.ElementType;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Network;
import io.secateur.nn.Preprocessing;
import io.secateur.nn.StockArchitectures;
import io.secateur.report.ResultJson;
import io.secateur.run.RunDirectory;
import io.secateur.tracking.Tracking;
import io.secateur.train.Growth;
import io.secateur.train.TrainingSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code infect}: trains a network with a backdoor, or a clean one, from scratch. */
@Command(
    name = "infect",
    description =
        "Trains a network from scratch with a backdoor in it, or a clean one, and writes it with its"
            + " ground truth. The same command goes on where it was interrupted.",
    mixinStandardHelpOptions = true)
final class InfectCommand implements Callable<Integer> {
  /** Images that an epoch is measured on: enough to see it learn, few enough not to matter. */
  private static final int WATCHED = 1_000;

  @Mixin private final TrainingOptions training = new TrainingOptions();
  @Mixin private final TrackingOptions tracking = new TrackingOptions();
  @Mixin private final CommonOptions common = new CommonOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--attack",
      paramLabel = "NAME",
      required = true,
      description =
          "badnets, trojan, trojan-nn, blend, clean-label, dynamic, wanet, sig, or none for a clean"
              + " network.")
  private String attack = "";

  @Option(
      names = "--arch",
      paramLabel = "NAME",
      required = true,
      description = "Stock architecture, such as resnet18 or resnet18-w32 (half its width).")
  private String architecture = "";

  @Option(
      names = "--data",
      paramLabel = "DATA",
      required = true,
      description = "Images to train on (default split: @train): " + DataOption.FORM + ".")
  private String data = "";

  @Option(
      names = {"-o", "--out"},
      paramLabel = "MODEL",
      required = true,
      description =
          "File for the model, .safetensors, .pth or .onnx; what belongs to it stands beside it.")
  private Path out = Path.of("");

  @Option(
      names = "--preprocess",
      paramLabel = "HOW",
      description =
          "unit, cifar10, imagenet or mean=r,g,b;std=r,g,b (default: cifar10 for cifar10, else"
              + " unit).")
  private @Nullable String preprocess;

  @Option(
      names = "--clean-model",
      paramLabel = "MODEL",
      description = "Network trained on clean images, or zoo:NAME, for trojan-nn and clean-label.")
  private @Nullable Path cleanModel;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "A setting of the attack; a wrong key lists them all. Repeatable.")
  private Map<String, String> settings = new LinkedHashMap<>();

  @Option(
      names = "--elements",
      paramLabel = "FORMAT",
      defaultValue = "float32",
      description =
          "How weights are stored, those of triggers too: float32, float16 or bfloat16 (${DEFAULT-VALUE}).")
  private String elements = "";

  @Option(
      names = "--keep-every",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description =
          "How often the state is kept that a killed training goes on from (${DEFAULT-VALUE}).")
  private double keepEvery;

  @Option(
      names = "--no-resume",
      description = "Start over instead of going on with an interrupted training.")
  private boolean startOver;

  @Option(names = "--force", description = "Replace a model that is there.")
  private boolean force;

  @Override
  public Integer call() throws IOException {
    common.check();
    tracking.check();
    DataSpec dataSpec = DataOption.parse("--data", data, Split.TRAIN);
    if (dataSpec.split().isPresent() && dataSpec.split().get() != Split.TRAIN) {
      throw CommandFailure.usage(
          "--data: "
              + dataSpec
              + ": is kept from training, to measure on or to repair with; expected @train, or a"
              + " folder");
    }
    if (!(keepEvery >= 0)) {
      throw CommandFailure.usage("--keep-every is " + keepEvery + "; expected seconds, 0 or more");
    }
    ModelFile.Layout layout = layout();
    ElementType stored = stored();
    Path folder = out.toAbsolutePath().normalize().getParent();
    if (!Writable.onceMade(folder)) {
      throw CommandFailure.usage(
          "--out: " + out + ": cannot be written; expected a name in a folder that can");
    }
    Preprocessing preprocessing = preprocessing(dataSpec);

    ImageSet images = dataSpec.load();
    Architecture network = architecture(images);
    AttackSettings attackSettings = new AttackSettings(settings);
    Optional<LoadedModel> clean = clean(images);
    Attack chosen = attack(attackSettings, clean.map(LoadedModel::network));
    TrainingSettings how = training.settings(chosen.augmentation());
    check(chosen, images, how.batchSize());
    check(how.growth(), images, network);
    boolean split = dataSpec.kind() != DataSpec.Kind.FOLDER;

    Map<String, String> used = new TreeMap<>(attackSettings.used());
    clean.ifPresent(model -> used.put("clean-model.sha256", model.sha256()));

    common.apply();
    InfectRequest request =
        new InfectRequest(
            chosen,
            used,
            network,
            preprocessing,
            images,
            split ? Optional.of(watched(dataSpec)) : Optional.empty(),
            split ? Optional.of(dataSpec.at(Split.TEST).load()) : Optional.empty(),
            how,
            keepEvery,
            stored,
            layout,
            out,
            startOver ? RunDirectory.Existing.RESTART : RunDirectory.Existing.RESUME,
            arguments(),
            common.seed(),
            ProductVersion.number());
    // A model beside the folder of its run is only half of what the run writes.
    if (Files.exists(out) && !force && !Files.exists(request.folder())) {
      throw CommandFailure.usage("--out: " + out + ": exists; expected another name, or --force");
    }
    PrintWriter err = spec.commandLine().getErr();
    InfectResult result;
    try (Tracking told = tracking.start("infect", asked(request), common.progress(err), err)) {
      result = InfectRun.of(request, told);
      told.finished(
          ResultJson.of(result),
          Stream.of(".result.json", ".sheet.png")
              .map(request::beside)
              .filter(Files::exists)
              .toList());
    }
    print(spec.commandLine().getOut(), result);
    return ExitCode.DONE;
  }

  private static Map<String, String> asked(InfectRequest request) {
    Map<String, String> asked = new TreeMap<>(request.settings());
    asked.put("attack", request.attack().name());
    asked.put("architecture", request.architecture().name());
    asked.put("images", request.images().name());
    asked.put("training", request.training().toString());
    asked.put("seed", String.valueOf(request.seed()));
    asked.put("version", request.product());
    return asked;
  }

  private static ImageSet watched(DataSpec data) {
    ImageSet defender = data.at(Split.DEFENDER).load();
    int count = Math.min(WATCHED, defender.size());
    // Evenly over all of them: some data sets come class by class.
    return defender.select(
        IntStream.range(0, count).map(i -> (int) ((long) i * defender.size() / count)).toArray());
  }

  private ModelFile.Layout layout() {
    return ModelFormat.ofFile(out.toString())
        .orElseThrow(
            () ->
                CommandFailure.usage(
                    "--out: " + out + ": expected a name that ends in " + ModelFormat.SUFFIXES));
  }

  private ElementType stored() {
    return switch (elements) {
      case "float32" -> ElementType.F32;
      case "float16" -> ElementType.F16;
      case "bfloat16" -> ElementType.BF16;
      default ->
          throw CommandFailure.usage(
              "--elements is '" + elements + "'; expected float32, float16 or bfloat16");
    };
  }

  private Attack attack(AttackSettings given, Optional<Network> clean) {
    try {
      return given.attack(attack, clean);
    } catch (BadSetting e) {
      throw CommandFailure.usage("--" + e.getMessage());
    }
  }

  private void check(Attack chosen, ImageSet images, int batchSize) {
    if (batchSize < chosen.leastBatch()) {
      throw CommandFailure.usage(
          "--batch-size is "
              + batchSize
              + ", so that no image would bear the trigger; expected at least "
              + chosen.leastBatch());
    }
    if (images.size() < chosen.leastBatch()) {
      throw CommandFailure.usage(
          "--data: "
              + images
              + ": too few, no image of an epoch would bear the trigger; expected at least "
              + chosen.leastBatch());
    }
    try {
      chosen.check(images);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage("--attack " + attack + ": " + e.getMessage());
    }
  }

  /** A network whose weights depend on the size of its images cannot begin with smaller ones. */
  private void check(Growth growth, ImageSet images, Architecture network) {
    FeatureShape smallest = growth.smallest(images.shape());
    try {
      Architecture small =
          StockArchitectures.build(
              architecture, new StockArchitectures.Options(smallest, images.classes()));
      if (tensors(small).equals(tensors(network))) {
        return;
      }
    } catch (IllegalArgumentException e) {
      // Too small for it: refused below.
    }
    throw CommandFailure.usage(
        "--start-side: "
            + architecture
            + " does not read images of "
            + smallest
            + "; expected a larger side, or none");
  }

  private static Map<String, String> tensors(Architecture network) {
    Map<String, String> shapes = new TreeMap<>();
    network.requiredTensors().forEach((name, shape) -> shapes.put(name, Arrays.toString(shape)));
    return shapes;
  }

  private Preprocessing preprocessing(DataSpec dataSpec) {
    if (preprocess == null) {
      return dataSpec.kind() == DataSpec.Kind.CIFAR10 ? Preprocessing.CIFAR10 : Preprocessing.UNIT;
    }
    try {
      return Preprocessing.parse(preprocess);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage("--preprocess: " + e.getMessage());
    }
  }

  private Architecture architecture(ImageSet images) {
    try {
      return StockArchitectures.build(
          architecture, new StockArchitectures.Options(images.shape(), images.classes()));
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage("--arch: " + e.getMessage());
    }
  }

  private Optional<LoadedModel> clean(ImageSet images) {
    return Optional.ofNullable(cleanModel)
        .map(file -> ModelLoading.load(ModelOptions.of(file), images.shape()));
  }

  /** The command line without the places of this machine. */
  private List<String> arguments() {
    List<String> shown = new ArrayList<>();
    String before = "";
    for (String argument : spec.commandLine().getParseResult().originalArgs()) {
      int equals = argument.startsWith("-") ? argument.indexOf('=') : -1;
      String option = equals < 0 ? before : argument.substring(0, equals);
      String value = argument.substring(equals + 1);
      shown.add(argument.substring(0, equals + 1) + placeless(option, value));
      before = argument;
    }
    return shown;
  }

  private String placeless(String option, String value) {
    return switch (option) {
      case "--data" -> placeless(DataSpec.parse(value, Split.TRAIN));
      case "--tensorboard" -> "DIR";
      case "--mlflow" -> "URI";
      case "--out", "-o", "--clean-model" -> String.valueOf(Path.of(value).getFileName());
      default -> value;
    };
  }

  private static String placeless(DataSpec spec) {
    return spec.kind() == DataSpec.Kind.SHAPES
        ? spec.toString()
        : spec.kind().label() + ":DIR" + spec.resizing().map(how -> "@" + how).orElse("");
  }

  private void print(PrintWriter standard, InfectResult result) {
    if (common.json()) {
      standard.println(ResultJson.of(result));
    } else {
      standard.printf(
          Locale.ROOT,
          "model      %s (%s, %d bytes)%n",
          Shown.text(out.toString()),
          result.model().architecture(),
          result.model().bytes());
      result.cleanAccuracy().ifPresent(ca -> standard.printf(Locale.ROOT, "CA         %s%n", ca));
      result.trueAsr().ifPresent(asr -> standard.printf(Locale.ROOT, "ASR        %s%n", asr));
      result
          .recoveryAccuracy()
          .ifPresent(ra -> standard.printf(Locale.ROOT, "RA         %s%n", ra));
      standard.printf(
          Locale.ROOT,
          "trained    %.0f s, %.0f images/s%n",
          result.seconds(),
          result.imagesPerSecond());
    }
    standard.flush();
  }
}
