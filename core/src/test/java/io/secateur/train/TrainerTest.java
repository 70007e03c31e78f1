package io.secateur.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.secateur.data.Augmentation;
import io.secateur.data.ImageSet;
import io.secateur.engine.Tensor;
import io.secateur.nn.Architecture;
import io.secateur.nn.ArchitectureBuilder;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Layer;
import io.secateur.nn.Network;
import io.secateur.nn.Preprocessing;
import io.secateur.run.Checkpoints;
import io.secateur.run.Interrupted;
import io.secateur.run.Progress;
import io.secateur.run.RunContext;
import io.secateur.run.RunDirectory;
import io.secateur.run.SeedTree;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainerTest {
  private static final FeatureShape SHAPE = new FeatureShape(1, 8, 8);
  private static final SeedTree SEEDS = new SeedTree(7);
  private static final RunContext QUIET = RunContext.quiet(7);
  private static final TrainingSettings SETTINGS =
      TrainingSettings.FROM_SCRATCH
          .withBatchSize(32)
          .withEpochs(5)
          .withAugmentation(new Augmentation(1, false))
          .withPrecision(Precision.FLOAT32);

  /** Class 1 has horizontal stripes, class 0 vertical ones. */
  private static final ImageSet STRIPES = stripes(256);

  private static ImageSet stripes(int count) {
    Random random = new Random(1);
    int[] labels = new int[count];
    byte[] pixels = new byte[count * SHAPE.size()];
    for (int i = 0; i < count; i++) {
      labels[i] = i % 2;
      int phase = random.nextInt(2);
      for (int p = 0; p < 64; p++) {
        int along = labels[i] == 1 ? p / 8 : p % 8;
        pixels[i * 64 + p] = (byte) (random.nextInt(60) + (along + phase) % 2 * 120);
      }
    }
    return ImageSet.of("stripes", SHAPE, List.of("vertical", "horizontal"), labels, pixels);
  }

  private static Network fresh() {
    ArchitectureBuilder net = new ArchitectureBuilder("tiny", SHAPE);
    String x = net.conv("conv", net.input(), 8, 3, 1, 1, false);
    x = net.relu("relu", net.batchNorm("bn", x));
    x = net.conv("conv2", x, 8, 3, 2, 1, false);
    x = net.relu("relu2", net.batchNorm("bn2", x));
    x = net.add("pool", new Layer.GlobalAveragePool(), x);
    x = net.add("drop", new Layer.Dropout(0.1), net.add("flat", new Layer.Flatten(), x));
    net.linear("linear", x, 2);
    Architecture architecture = net.build();
    return Initialisation.of(
        architecture, new Preprocessing(new float[] {0.3f}, new float[] {0.3f}), SEEDS);
  }

  private static Network trained(TrainingSettings settings, SeedTree seeds) {
    return Trainer.of(settings)
        .train(
            fresh(),
            BatchSource.of(STRIPES),
            new RunContext(seeds, Progress.SILENT, Checkpoints.NONE))
        .network();
  }

  @Test
  void learnsAndLeavesTheStartAlone() {
    Network start = fresh();
    List<Double> losses = new ArrayList<>();
    Network end =
        Trainer.of(SETTINGS)
            .watchedBy(
                (epoch, loss, network) -> {
                  losses.add(loss);
                  return "";
                })
            .train(start, BatchSource.of(STRIPES), QUIET)
            .network();
    assertThat(losses).hasSize(5);
    assertThat(losses.get(4)).isLessThan(0.1);
    assertThat(start.weights()).isEqualTo(fresh().weights());
    assertThat(end.weights().get("bn.running_mean"))
        .isNotEqualTo(start.weights().get("bn.running_mean"));
    assertThat(end.weights().names()).isEqualTo(start.weights().names());
  }

  @Test
  void theSameSeedGivesTheSameWeightsBitByBit() {
    TrainingSettings twice = SETTINGS.withEpochs(2);
    assertThat(trained(twice, SEEDS).weights()).isEqualTo(trained(twice, SEEDS).weights());
    assertThat(trained(twice, SEEDS).weights())
        .isNotEqualTo(trained(twice, new SeedTree(8)).weights());
  }

  @Test
  void mixedPrecisionLearnsToo() {
    List<Double> losses = new ArrayList<>();
    Trainer.of(SETTINGS.withPrecision(Precision.BFLOAT16))
        .watchedBy(
            (epoch, loss, network) -> {
              losses.add(loss);
              return "";
            })
        .train(fresh(), BatchSource.of(STRIPES), QUIET);
    assertThat(losses.get(4)).isLessThan(0.1);
  }

  @Test
  void everyImageIsSeenOnceAnEpochAndFinishedAfterAugmentation() {
    List<Integer> seen = new ArrayList<>();
    BatchSource white =
        new BatchSource() {
          @Override
          public int size() {
            return 64;
          }

          @Override
          public FeatureShape shape() {
            return SHAPE;
          }

          @Override
          public Batch load(int[] indices, RandomGenerator random) {
            for (int i : indices) {
              seen.add(i);
            }
            float[] images = new float[indices.length * 64];
            Arrays.fill(images, 1f);
            return new Batch(images, new int[indices.length]);
          }

          @Override
          public Batch finish(Batch augmented, int[] indices, RandomGenerator random) {
            assertThat(augmented.images()).contains(0f, 1f);
            Arrays.fill(augmented.images(), 0.5f);
            return augmented;
          }
        };
    Objective halves =
        step -> {
          assertThat(step.images().toFloats()).containsOnly(0.5f);
          return Objective.crossEntropy(SETTINGS).loss(step);
        };
    Trainer.of(SETTINGS.withEpochs(1).withAugmentation(new Augmentation(4, true)))
        .lowering(halves)
        .train(fresh(), white, QUIET);
    assertThat(seen).hasSize(64).doesNotHaveDuplicates();
  }

  @Test
  void aLossThatIsNoNumberEndsTraining() {
    Objective hopeless =
        step ->
            step.network()
                .parameter("linear.bias")
                .sum()
                .mul(Double.NaN)
                .add(Tensor.zeros(1).sum());
    assertThatThrownBy(
            () ->
                Trainer.of(SETTINGS)
                    .lowering(hopeless)
                    .train(fresh(), BatchSource.of(STRIPES), QUIET))
        .isInstanceOf(TrainingDiverged.class)
        .hasMessageContaining("epoch 1");
  }

  @Test
  void foreignImagesAreRefused() {
    Network other =
        Initialisation.of(tinyFor(new FeatureShape(3, 8, 8)), Preprocessing.UNIT, SEEDS);
    assertThatThrownBy(() -> Trainer.of(SETTINGS).train(other, BatchSource.of(STRIPES), QUIET))
        .hasMessageContaining("1x8x8")
        .hasMessageContaining("3x8x8");
  }

  private static Architecture tinyFor(FeatureShape shape) {
    ArchitectureBuilder net = new ArchitectureBuilder("linear", shape);
    net.linear("linear", net.add("flat", new Layer.Flatten(), net.input()), 2);
    return net.build();
  }

  @Test
  void progressTellsStepsAndCanInterrupt() {
    List<Long> steps = new ArrayList<>();
    Progress progress =
        new Progress() {
          @Override
          public void begin(String stage, long count) {
            assertThat(stage).isEqualTo("training");
            assertThat(count).isEqualTo(40);
          }

          @Override
          public void advance(long done, String note) {
            assertThat(note).contains("epoch", "loss");
            steps.add(done);
            if (done == 10) {
              throw new Interrupted();
            }
          }

          @Override
          public void end(String summary) {}

          @Override
          public void event(String kind, Map<String, ?> values) {}
        };
    assertThatThrownBy(
            () ->
                Trainer.of(SETTINGS)
                    .train(
                        fresh(),
                        BatchSource.of(STRIPES),
                        new RunContext(SEEDS, progress, Checkpoints.NONE)))
        .isInstanceOf(Interrupted.class);
    assertThat(steps).hasSize(10);
  }

  /** Whether its state was kept at every step, or not before it was interrupted. */
  @ParameterizedTest
  @ValueSource(doubles = {0, 1e9})
  void whatWasStoppedGoesOnBitByBit(double secondsBetweenStates, @TempDir Path folder) {
    TrainingSettings settings = SETTINGS.withEpochs(3);
    Trained whole = companioned(settings).train(fresh(), BatchSource.of(STRIPES), QUIET);

    Trained resumed = null;
    int runs = 0;
    while (resumed == null) {
      runs++;
      try (RunDirectory run =
          RunDirectory.open(folder, Map.of("a", "b"), RunDirectory.Existing.RESUME)) {
        Progress fragile = stoppingAfter(7);
        resumed =
            companioned(settings)
                .keepingEvery(secondsBetweenStates)
                .train(fresh(), BatchSource.of(STRIPES), new RunContext(SEEDS, fragile, run));
      } catch (Interrupted stopped) {
        assertThat(runs).isLessThan(10);
      }
    }

    assertThat(runs).isEqualTo(4);
    assertThat(resumed.network().weights()).isEqualTo(whole.network().weights());
    assertThat(resumed.companions().get(0).weights())
        .isEqualTo(whole.companions().get(0).weights())
        .isNotEqualTo(fresh().weights());
  }

  @Test
  void whatWasStoppedAtItsLastStepHasNoLossToTell(@TempDir Path folder) {
    TrainingSettings settings = SETTINGS.withEpochs(1);
    List<String> ends = new ArrayList<>();
    for (int run = 0; run < 2; run++) {
      try (RunDirectory directory =
          RunDirectory.open(folder, Map.of("a", "b"), RunDirectory.Existing.RESUME)) {
        RunContext context = new RunContext(SEEDS, stoppingAfter(8, ends), directory);
        Trainer.of(settings).train(fresh(), BatchSource.of(STRIPES), context);
      } catch (Interrupted stopped) {
        assertThat(run).isZero();
      }
    }

    assertThat(ends).containsExactly("done before");
  }

  /** A second network with an optimiser of another kind takes part in the loss. */
  private static Trainer companioned(TrainingSettings settings) {
    Objective both =
        new Objective() {
          @Override
          public Tensor loss(Step step) {
            Step other =
                new Step(
                    step.companions().get(0),
                    List.of(),
                    step.images().mul(step.random().nextDouble() + step.share()),
                    step.labels(),
                    step.random(),
                    step.share());
            Objective single = Objective.crossEntropy(settings);
            return single.loss(step).add(single.loss(other));
          }

          @Override
          public List<Companion> companions() {
            return List.of(
                new Companion(fresh(), new Descent.Adam(0.5, 0.9), new Schedule.Constant(0.01)));
          }
        };
    return Trainer.of(settings).lowering(both);
  }

  private static Progress stoppingAfter(int steps) {
    return stoppingAfter(steps, new ArrayList<>());
  }

  private static Progress stoppingAfter(int steps, List<String> ends) {
    return new Progress() {
      private int advanced;

      @Override
      public void begin(String stage, long count) {}

      @Override
      public void advance(long done, String note) {
        if (++advanced == steps) {
          throw new Interrupted();
        }
      }

      @Override
      public void end(String summary) {
        ends.add(summary);
      }

      @Override
      public void event(String kind, Map<String, ?> values) {}
    };
  }

  @Test
  void whatFailsWhileABatchIsPreparedIsThrown() {
    BatchSource broken =
        new BatchSource() {
          @Override
          public int size() {
            return 64;
          }

          @Override
          public FeatureShape shape() {
            return SHAPE;
          }

          @Override
          public Batch load(int[] indices, RandomGenerator random) {
            throw new IllegalStateException("no such image");
          }
        };
    assertThatThrownBy(() -> Trainer.of(SETTINGS).train(fresh(), broken, QUIET))
        .hasMessage("no such image");
  }
}
