package io.secateur.bench;

import io.secateur.engine.Engine;
import io.secateur.engine.NumberFormat;
import io.secateur.format.ModelFile;
import io.secateur.metric.Evaluator;
import io.secateur.nn.Architecture;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Network;
import io.secateur.nn.Preprocessing;
import io.secateur.nn.StockArchitectures;
import io.secateur.prune.Compaction;
import io.secateur.prune.PrunedChannel;
import io.secateur.prune.PruningPlan;
import io.secateur.prune.PruningSpace;
import io.secateur.prune.PruningUnits;
import io.secateur.prune.Surgery;
import io.secateur.prune.UnitKind;
import io.secateur.report.RepairResult.Counts;
import io.secateur.run.Progress;
import io.secateur.run.SeedTree;
import io.secateur.train.Initialisation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;

/**
 * What taking channels out of the tensors saves: a share of the coupling groups of each layer of
 * ResNet-18 for 32×32 images, drawn at random, is zeroed, and taken out. Both networks are timed in
 * turns, so that their ratio holds on a machine that does other things too.
 */
public final class CompactBench {
  private static final FeatureShape IMAGE = new FeatureShape(3, 32, 32);
  private static final int CLASSES = 10;

  private CompactBench() {}

  /**
   * What to measure.
   *
   * @param width channels of the network's first convolution; 64 is the published network
   * @param share of the groups of each layer to prune, in [0, 1)
   * @param batch images of one evaluation
   * @param rounds times that each network is run
   */
  public record Settings(int width, double share, int batch, int rounds) {
    /** The published network without three tenths of its groups. */
    public static final Settings STANDARD = new Settings(64, 0.3, 128, 10);

    /** Rejects what cannot be measured. */
    public Settings {
      if (width < 1 || !(share >= 0 && share < 1) || batch < 1 || rounds < 1) {
        throw new IllegalArgumentException(
            "width, batch and rounds must be at least 1, the share in [0, 1)");
      }
    }
  }

  /** Measures. */
  public static CompactFigures run(Settings settings, long seed, Progress progress)
      throws IOException {
    SeedTree seeds = new SeedTree(seed);
    Architecture architecture =
        StockArchitectures.build(
            "resnet18-w" + settings.width(), new StockArchitectures.Options(IMAGE, CLASSES));
    Network whole = Initialisation.of(architecture, Preprocessing.CIFAR10, seeds);
    List<PrunedChannel> channels = new ArrayList<>();
    long groups = 0;
    long pruned = 0;
    for (UnitKind kind : List.of(UnitKind.INNER, UnitKind.STREAM)) {
      PruningSpace space = PruningUnits.of(architecture, kind, 0);
      groups += space.size();
      boolean[] drawn = drawn(space, settings.share(), seeds.seed("groups", kind.name()));
      for (boolean gone : drawn) {
        pruned += gone ? 1 : 0;
      }
      channels.addAll(PruningPlan.of(space, drawn, unit -> 1, unit -> "drawn").channels());
    }
    PruningPlan plan = new PruningPlan(channels);
    Network zeroed = Surgery.apply(whole, plan);
    Compaction compaction = Compaction.of(whole, plan);
    if (!compaction.masked().isEmpty()) {
      throw new IllegalStateException("whole groups stayed: " + compaction.masked());
    }
    Network smaller = compaction.network();
    float[] images = images(settings.batch(), seeds.random("images"));
    return new CompactFigures(
        Engine.version(),
        Engine.threads(),
        architecture.name(),
        settings.share(),
        seed,
        new Counts(groups, groups - pruned),
        new Counts(ParameterCount.of(architecture), ParameterCount.of(smaller.architecture())),
        new Counts(architecture.macs(), smaller.architecture().macs()),
        new Counts(bytes(zeroed), bytes(smaller)),
        settings.batch(),
        difference(Evaluator.logits(zeroed, images), Evaluator.logits(smaller, images)),
        timings(settings, List.of(zeroed, smaller), images, progress));
  }

  /** The same share of every layer's units. */
  private static boolean[] drawn(PruningSpace space, double share, long seed) {
    Random random = new Random(seed);
    boolean[] drawn = new boolean[space.size()];
    for (List<Integer> layer : space.layers().values()) {
      List<Integer> units = new ArrayList<>(layer);
      Collections.shuffle(units, random);
      units.subList(0, (int) (share * units.size())).forEach(unit -> drawn[unit] = true);
    }
    return drawn;
  }

  private static float[] images(int count, RandomGenerator random) {
    float[] images = new float[count * IMAGE.size()];
    for (int i = 0; i < images.length; i++) {
      images[i] = random.nextFloat();
    }
    return images;
  }

  private static List<CompactFigures.Timing> timings(
      Settings settings, List<Network> networks, float[] images, Progress progress) {
    List<NumberFormat> formats =
        Engine.fastest() == NumberFormat.FLOAT32
            ? List.of(NumberFormat.FLOAT32)
            : List.of(NumberFormat.FLOAT32, Engine.fastest());
    List<CompactFigures.Timing> timings = new ArrayList<>();
    progress.begin("bench compact", formats.size());
    for (NumberFormat format : formats) {
      double[] seconds = ForwardTimes.secondsPerImage(networks, images, format, settings.rounds());
      timings.add(
          new CompactFigures.Timing(
              EngineFigures.label(format), seconds[0], seconds[1], seconds[1] / seconds[0]));
      progress.advance(timings.size(), EngineFigures.label(format));
    }
    progress.end("");
    return timings;
  }

  private static double difference(float[] a, float[] b) {
    double largest = 0;
    for (int i = 0; i < a.length; i++) {
      largest = Math.max(largest, Math.abs((double) a[i] - b[i]));
    }
    return largest;
  }

  private static long bytes(Network network) throws IOException {
    return PrunedFile.bytes(ModelFile.of(ModelFile.Layout.SAFETENSORS, network.weights()));
  }
}
