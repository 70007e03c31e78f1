package io.secateur.cli;

import io.secateur.attack.BadNets;
import io.secateur.attack.DirtyLabel;
import io.secateur.attack.InfectedModel;
import io.secateur.attack.Infection;
import io.secateur.bench.GroundTruthFile;
import io.secateur.bench.Method;
import io.secateur.bench.RepairRequest;
import io.secateur.bench.RepairRun;
import io.secateur.data.Augmentation;
import io.secateur.data.DataSpec;
import io.secateur.data.ImageSet;
import io.secateur.data.Split;
import io.secateur.format.FileHash;
import io.secateur.format.LoadedModel;
import io.secateur.format.ModelFile;
import io.secateur.format.ModelFiles;
import io.secateur.metric.GroundTruth;
import io.secateur.nn.Architecture;
import io.secateur.nn.Network;
import io.secateur.nn.Preprocessing;
import io.secateur.nn.StockArchitectures;
import io.secateur.report.RepairResult;
import io.secateur.run.AtomicFile;
import io.secateur.run.Progress;
import io.secateur.run.Rules;
import io.secateur.run.RunContext;
import io.secateur.run.RunDirectory;
import io.secateur.run.SeedTree;
import io.secateur.train.Initialisation;
import io.secateur.train.Trainer;
import io.secateur.train.TrainingSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code demo}: infects a small network on procedural images, repairs it, shows both. */
@Command(
    name = "demo",
    description =
        "Infects a small network on procedural images, repairs it and measures with the true"
            + " trigger. Needs no data and no network; takes minutes, by a shorter search than that"
            + " of repair unless --set, --method or --paper says otherwise.",
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
  private static final String ARCHITECTURE = "resnet18-w16";
  private static final String DATA = "shapes:";
  private static final int TARGET = 3;

  /** Twice the customary share: at that the backdoor takes hold from every start, in few steps. */
  private static final double RATE = 0.2;

  private static final int EPOCHS = 6;
  private static final int BATCH_SIZE = 64;
  private static final int CLEAN_SIZE = 500;

  /** A shorter search, and only while a label stands out: what remains takes minutes more. */
  private static final Map<String, String> SETTINGS = Map.of("remnant", "1", "iterations", "20");

  @Mixin private final MethodOptions method = new MethodOptions();
  @Mixin private final StressOption stress = new StressOption();
  @Mixin private final CommonOptions common = new CommonOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      defaultValue = "secateur-demo",
      description = "Folder for the results (default: ${DEFAULT-VALUE}).")
  private Path out = Path.of("");

  @Option(names = "--force", description = "Use the folder whatever it holds.")
  private boolean force;

  @Override
  public Integer call() throws IOException {
    common.check();
    Method chosen = method.methodOr(SETTINGS);
    method.checkTarget(DataSpec.parse(DATA, Split.TEST).load().classes());
    common.apply();
    PrintWriter err = spec.commandLine().getErr();
    Progress progress = common.progress(err);
    RunDirectory.Existing existing =
        force ? RunDirectory.Existing.OVERWRITE : RunDirectory.Existing.RESUME;
    Map<String, String> fingerprint =
        Map.of(
            "seed",
            String.valueOf(common.seed()),
            "version",
            ProductVersion.number(),
            Rules.KEY,
            Rules.NUMBER);
    try (RunDirectory folder = RunDirectory.open(out, fingerprint, existing)) {
      Path model = folder.file("infected.safetensors");
      Path truth = folder.file("infected.truth.json");
      if (!folder.resumed() || !Files.exists(model) || !Files.exists(truth)) {
        infect(model, truth, folder, progress);
      }
      RepairResult result = repair(model, truth, folder.file("repair"), chosen, existing, progress);
      folder.finish();
      PrintWriter standard = spec.commandLine().getOut();
      RepairText.warn(err, result, List.of());
      RepairText.print(
          standard,
          result,
          DataSpec.parse(DATA, Split.TEST).load().classNames(),
          folder.file("repair"),
          common.json());
      return RepairText.exitCode(result, RepairText.FAILING);
    }
  }

  private void infect(Path model, Path truth, RunDirectory folder, Progress progress)
      throws IOException {
    SeedTree seeds = new SeedTree(common.seed()).child("demo");
    ImageSet train = DataSpec.parse(DATA, Split.TRAIN).load();
    Architecture architecture =
        StockArchitectures.build(
            ARCHITECTURE, new StockArchitectures.Options(train.shape(), train.classes()));
    Network fresh = Initialisation.of(architecture, Preprocessing.UNIT, seeds.child("weights"));
    TrainingSettings usual = TrainingSettings.FROM_SCRATCH;
    TrainingSettings training =
        new TrainingSettings(
            EPOCHS,
            BATCH_SIZE,
            usual.schedule(),
            usual.descent(),
            usual.labelSmoothing(),
            Augmentation.NONE,
            usual.precision());
    InfectedModel infected =
        Infection.of(
            fresh,
            new BadNets(BadNets.Pattern.CHECKERBOARD, new DirtyLabel(TARGET, RATE)),
            train,
            Trainer.of(training),
            Infection.Watch.NONE,
            new RunContext(seeds.child("infection"), progress, folder));
    GroundTruthFile.write(truth, infected.truth().orElseThrow());
    ModelFile file = ModelFile.of(ModelFile.Layout.SAFETENSORS, infected.network().weights());
    AtomicFile.write(model, stream -> ModelFiles.write(file, stream));
  }

  private RepairResult repair(
      Path model,
      Path truth,
      Path folder,
      Method chosen,
      RunDirectory.Existing existing,
      Progress progress)
      throws IOException {
    ImageSet clean = DataSpec.parse(DATA, Split.DEFENDER).load();
    ImageSet test = DataSpec.parse(DATA, Split.TEST).load();
    ModelFile file = ModelFiles.read(model);
    Architecture architecture =
        StockArchitectures.build(
            ARCHITECTURE, new StockArchitectures.Options(clean.shape(), clean.classes()));
    Network network = new Network(architecture, file.weights(), Preprocessing.UNIT);
    GroundTruth known = GroundTruthFile.read(truth, test.shape(), test.classes());
    RepairRequest request =
        new RepairRequest(
            new LoadedModel(model, file, network, FileHash.sha256(model)),
            clean,
            CLEAN_SIZE,
            chosen.defence(),
            chosen.settings(),
            method.target(),
            method.policy(),
            Optional.of(test),
            Optional.of(known),
            ModelFile.Layout.SAFETENSORS,
            false,
            stress.asked(),
            Optional.empty(),
            folder,
            existing,
            common.seed(),
            ProductVersion.number());
    return RepairRun.of(request, List.of(), progress);
  }
}
