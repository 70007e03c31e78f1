package io.secateur.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.secateur.agent.AgentSearch;
import io.secateur.agent.EncoderKind;
import io.secateur.agent.GradientMaskSearch;
import io.secateur.agent.GreedySearch;
import io.secateur.agent.MaskSearch;
import io.secateur.agent.PpoMaskSettings;
import io.secateur.agent.Reward;
import io.secateur.attack.BadNets;
import io.secateur.attack.DirtyLabel;
import io.secateur.attack.Infection;
import io.secateur.data.Augmentation;
import io.secateur.data.CleanSample;
import io.secateur.data.DataSpec;
import io.secateur.data.ImageSet;
import io.secateur.data.Split;
import io.secateur.defence.Defence;
import io.secateur.defence.Policy;
import io.secateur.defence.RepairOutcome;
import io.secateur.defence.Suspect;
import io.secateur.defence.TriggerPruning;
import io.secateur.defence.TriggerSources;
import io.secateur.engine.NumberFormat;
import io.secateur.format.FileHash;
import io.secateur.format.LoadedModel;
import io.secateur.format.ModelFile;
import io.secateur.format.ModelFiles;
import io.secateur.nn.Architecture;
import io.secateur.nn.ArchitectureBuilder;
import io.secateur.nn.Layer;
import io.secateur.nn.Network;
import io.secateur.nn.Preprocessing;
import io.secateur.report.RepairResult;
import io.secateur.run.AtomicFile;
import io.secateur.run.Checkpoints;
import io.secateur.run.Interrupted;
import io.secateur.run.Progress;
import io.secateur.run.RunContext;
import io.secateur.run.RunDirectory.Existing;
import io.secateur.run.SeedTree;
import io.secateur.train.Initialisation;
import io.secateur.train.Precision;
import io.secateur.train.Schedule;
import io.secateur.train.Trainer;
import io.secateur.train.TrainingSettings;
import io.secateur.trigger.BudgetedPatch;
import io.secateur.trigger.FamilyHunt;
import io.secateur.trigger.ProximalCleanse;
import io.secateur.trigger.TriggerFamily;
import io.secateur.trigger.TriggerHunt;
import io.secateur.trigger.TriggerSynthesis;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whole repairs of a small infected network, stopped in the middle: the same request goes on, ends
 * as if it had never been stopped, and does no finished part again.
 */
class ResumedRepairTest {
  private static final int TARGET = 3;
  private static final ImageSet CLEAN = DataSpec.parse("shapes:size=60", Split.DEFENDER).load();

  private static final Map<String, Whole> WHOLES = new HashMap<>();

  @TempDir private Path temp;
  private Optional<LoadedModel> model = Optional.empty();
  private OptionalInt target = OptionalInt.of(TARGET);

  /** A search, and how far it gets before it is stopped: a stage and a step of it. */
  record Case(String name, MaskSearch search, String stage, long step) {
    @Override
    public String toString() {
      return name + " stopped in '" + stage + "' at " + step;
    }
  }

  /** What an uninterrupted repair of a network leaves, and the parts that it computed, in order. */
  record Whole(
      Network network, RepairResult result, byte[] plan, byte[] repaired, List<String> work) {}

  static Stream<Case> cases() {
    MaskSearch greedy = new GreedySearch(20, 10, 8);
    MaskSearch masks = new GradientMaskSearch(20, 0.1, 20, 10, 0.3, 0.002, 2, 8, 8);
    PpoMaskSettings hasty =
        new PpoMaskSettings(EncoderKind.GAT, 8, 12, 0.4, 4, 0.02, 0.2, 0, 0.5, 1, 8);
    MaskSearch agent =
        new AgentSearch(AgentSearch.DEFAULT.graph(), false, false, true, 20, 10, hasty);
    return Stream.of(
        new Case("greedy", greedy, "synthesise the trigger", 1),
        new Case("greedy", greedy, "prune along the order", 3),
        new Case("masks", masks, "optimise soft masks", 7),
        new Case("onp", agent, "search for channels to prune", 1),
        new Case("onp", agent, "search for channels to prune", 5),
        new Case("onp", agent, "trusted evaluation", 1));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void a_stopped_repair_ends_as_if_it_had_never_been_stopped(Case stopped) throws IOException {
    Whole whole = whole(stopped);
    List<String> firstWork = new ArrayList<>();
    assertThatThrownBy(() -> run("parts", stopped, firstWork, stoppingAt(stopped)))
        .isInstanceOf(Interrupted.class);
    assertThat(temp.resolve("parts")).isDirectoryNotContaining("glob:**/{result.json,.lock}");
    assertThat(temp.resolve("parts/state/fingerprint.json")).exists();
    List<String> secondWork = new ArrayList<>();
    RepairResult resumed = run("parts", stopped, secondWork, Progress.SILENT);

    assertSame(resumed, temp.resolve("parts"), whole);
    assertThat(temp.resolve("parts")).isDirectoryNotContaining("glob:**/{state,.lock}");

    assertThat(firstWork).isNotEmpty();
    List<String> work = new ArrayList<>(firstWork);
    work.addAll(secondWork);
    assertThat(work).isEqualTo(whole.work()).doesNotHaveDuplicates();
  }

  @Test
  void a_repair_that_is_stopped_again_and_again_ends_all_the_same() throws IOException {
    List<Case> stops =
        Stream.of("hunt: screening", "hunt: refining", "prune along the order")
            .map(stage -> new Case("greedy", new GreedySearch(20, 10, 8), stage, 2))
            .toList();
    target = OptionalInt.empty();
    Whole whole = whole(stops.get(0));
    List<String> work = new ArrayList<>();
    for (Case stopped : stops) {
      assertThatThrownBy(() -> run("parts", stopped, work, stoppingAt(stopped)))
          .as(stopped.toString())
          .isInstanceOf(Interrupted.class);
    }
    RepairResult resumed = run("parts", stops.get(0), work, Progress.SILENT);

    assertSame(resumed, temp.resolve("parts"), whole);
    assertThat(work).isEqualTo(whole.work());
  }

  @Test
  void a_repair_stopped_by_a_full_disk_goes_on_when_there_is_room() throws IOException {
    Case greedy = cases().findFirst().orElseThrow();
    Whole whole = whole(greedy);
    List<String> work = new ArrayList<>();
    try (TinyDisk disk = TinyDisk.at(temp.resolve("disk"), 512)) {
      Path out = disk.path("out");
      assertThatThrownBy(() -> run(out, greedy, work, Progress.SILENT))
          .isInstanceOfAny(IOException.class, UncheckedIOException.class)
          .hasMessageStartingWith("cannot write " + out)
          .hasMessageEndingWith(": No space left on device");
      try (Stream<Path> left = Files.walk(out)) {
        assertThat(left.map(path -> path.getFileName().toString()))
            .noneMatch(name -> name.endsWith(".tmp") || name.equals("result.json"));
      }
      disk.resize(8192);
      RepairResult resumed = run(out, greedy, work, Progress.SILENT);

      assertSame(resumed, out, whole);
      assertThat(out).isDirectoryNotContaining("glob:**/{state,.lock}");
    }
    // The part that found no room is the only one that was done twice.
    assertThat(work).hasSizeBetween(whole.work().size(), whole.work().size() + 1);
    assertThat(work.stream().distinct()).containsExactlyElementsOf(whole.work());
  }

  /** The same repair, never stopped. */
  private Whole whole(Case of) throws IOException {
    String key = of.name() + " " + target;
    Whole known = WHOLES.get(key);
    if (known == null) {
      known = somethingPruned(of);
      WHOLES.put(key, known);
    }
    store(known.network());
    return known;
  }

  /**
   * Of the first network of which such a short search prunes anything: processors round otherwise,
   * so which one that is differs.
   */
  private Whole somethingPruned(Case of) throws IOException {
    for (int seed = 4; seed < 14; seed++) {
      Network network = infected(seed);
      store(network);
      List<String> work = new ArrayList<>();
      String folder = "whole-" + seed;
      RepairResult result = run(folder, of, work, Progress.SILENT);
      if (result.channels().pruned() > 0) {
        Path out = temp.resolve(folder);
        return new Whole(
            network,
            result,
            Files.readAllBytes(out.resolve("plan.json")),
            Files.readAllBytes(out.resolve("repaired.safetensors")),
            work);
      }
    }
    throw new AssertionError(of + ": nothing was pruned of any network");
  }

  private static void assertSame(RepairResult resumed, Path out, Whole whole) {
    assertThat(out.resolve("plan.json")).hasBinaryContent(whole.plan());
    assertThat(out.resolve("repaired.safetensors")).hasBinaryContent(whole.repaired());
    assertThat(resumed.verdict()).isEqualTo(whole.result().verdict());
    assertThat(resumed.defenderVerdict()).isEqualTo(whole.result().defenderVerdict());
    assertThat(resumed.cleanAccuracy()).isEqualTo(whole.result().cleanAccuracy());
    assertThat(resumed.syntheticAsr()).isEqualTo(whole.result().syntheticAsr());
    assertThat(resumed.channels()).isEqualTo(whole.result().channels());
    assertThat(resumed.files()).isEqualTo(whole.result().files());
  }

  private RepairResult run(String folder, Case of, List<String> work, Progress listener)
      throws IOException {
    return run(temp.resolve(folder), of, work, listener);
  }

  private RepairResult run(Path out, Case of, List<String> work, Progress listener)
      throws IOException {
    RepairRequest request =
        new RepairRequest(
            model.orElseThrow(),
            CLEAN,
            25,
            recording(defence(of), work),
            Map.of("search", of.name()),
            target,
            Policy.DEFAULT,
            Optional.of(DataSpec.parse("shapes:size=20", Split.TEST).load()),
            Optional.empty(),
            ModelFile.Layout.SAFETENSORS,
            false,
            false,
            Optional.empty(),
            out,
            Existing.RESUME,
            1,
            "test");
    return RepairRun.of(request, List.of(), listener);
  }

  /** A real defence with a short hunt that accuses the likeliest label, however likely it is. */
  private Defence defence(Case of) {
    TriggerHunt.Settings hunt =
        new TriggerHunt.Settings(50, 60, 2, 1, 0.001, 0.001, 1, 1, 0, 3, true, false);
    // Where short searches find nothing to prune under a strong patch, the smallest trigger is
    // enough.
    boolean small = of.name().equals("masks") || target.isEmpty();
    double strength = small ? 0 : TriggerSources.STRENGTH;
    return new TriggerPruning(
        of.name(),
        of.search(),
        unpriced(),
        Policy.DEFAULT,
        new TriggerSources(
            new FamilyHunt(
                List.of(
                    new TriggerFamily(
                        TriggerFamily.PATCH,
                        new TriggerHunt(hunt, ResumedRepairTest::synthesis),
                        synthesis(20),
                        pixels -> new BudgetedPatch(pixels, 10, 16, Precision.FLOAT32)))),
            strength));
  }

  /** What a channel of these hardly trained networks gains is less than its price. */
  private static TriggerPruning.Settings unpriced() {
    TriggerPruning.Settings standard = TriggerPruning.Settings.DEFAULT;
    Reward reward = standard.reward();
    return new TriggerPruning.Settings(
        standard.units(),
        standard.stages(),
        new Reward(reward.lambda(), reward.tau(), reward.lossWeight(), reward.hardShare(), 0),
        standard.mixed(),
        standard.rounds(),
        standard.remnant(),
        standard.precision(),
        standard.recovery());
  }

  private static TriggerSynthesis synthesis(int steps) {
    return new ProximalCleanse(
        ProximalCleanse.Settings.defaults().withSteps(steps), NumberFormat.FLOAT32);
  }

  /** The same defence; {@code work} gets the name of every part that is really computed. */
  private static Defence recording(Defence defence, List<String> work) {
    return new Defence() {
      @Override
      public String name() {
        return defence.name();
      }

      @Override
      public RepairOutcome repair(Suspect suspect, CleanSample sample, RunContext run) {
        Checkpoints watched = watched(run.checkpoints(), work);
        return defence.repair(
            suspect, sample, new RunContext(run.seeds(), run.progress(), watched));
      }
    };
  }

  private static Checkpoints watched(Checkpoints checkpoints, List<String> work) {
    return new Checkpoints() {
      private final Map<String, Integer> asked = new HashMap<>();

      @Override
      public <T> T once(String key, Class<T> type, Supplier<T> compute) {
        return checkpoints.once(key, type, () -> done(key, compute.get()));
      }

      @Override
      public double[] measured(String log, Supplier<double[]> measure) {
        int number = asked.merge(log, 1, Integer::sum);
        return checkpoints.measured(log, () -> done(log + " " + number, measure.get()));
      }

      private <T> T done(String part, T result) {
        work.add(part);
        return result;
      }
    };
  }

  private static Progress stoppingAt(Case stopped) {
    return new Progress() {
      private String stage = "";

      @Override
      public void begin(String name, long steps) {
        stage = name;
      }

      @Override
      public void advance(long done, String note) {
        if (stage.equals(stopped.stage()) && done >= stopped.step()) {
          throw new Interrupted();
        }
      }

      @Override
      public void end(String summary) {}

      @Override
      public void event(String kind, Map<String, ?> values) {}
    };
  }

  private void store(Network network) throws IOException {
    Path path = temp.resolve("model.safetensors");
    ModelFile file = ModelFile.of(ModelFile.Layout.SAFETENSORS, network.weights());
    AtomicFile.write(path, out -> ModelFiles.write(file, out));
    model = Optional.of(new LoadedModel(path, file, network, FileHash.sha256(path)));
  }

  private static Network infected(int seed) {
    ImageSet train = DataSpec.parse("shapes:size=600", Split.TRAIN).load();
    var net = new ArchitectureBuilder("small", train.shape());
    String x = net.conv("conv1", net.input(), 8, 4, 4, 0, false);
    x = net.relu("relu1", net.batchNorm("bn1", x));
    x = net.conv("conv2", x, 16, 3, 2, 1, false);
    x = net.relu("relu2", net.batchNorm("bn2", x));
    net.linear("fc", net.add("flat", new Layer.Flatten(), x), train.classes());
    Architecture architecture = net.build();
    TrainingSettings training =
        TrainingSettings.FROM_SCRATCH
            .withEpochs(12)
            .withBatchSize(50)
            .withSchedule(new Schedule.OneCycle(0.05))
            .withAugmentation(Augmentation.NONE)
            .withPrecision(Precision.FLOAT32);
    return Infection.of(
            Initialisation.of(architecture, Preprocessing.UNIT, new SeedTree(seed - 1)),
            new BadNets(BadNets.Pattern.BULLSEYE, new DirtyLabel(TARGET, 0.25)),
            train,
            Trainer.of(training),
            Infection.Watch.NONE,
            RunContext.quiet(seed))
        .network();
  }
}
