package io.secateur.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.secateur.data.Augmentation;
import io.secateur.data.ImageSet;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.metric.Evaluation;
import io.secateur.metric.Evaluator;
import io.secateur.metric.Generator;
import io.secateur.metric.Target;
import io.secateur.nn.Architecture;
import io.secateur.nn.ArchitectureBuilder;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Hooks;
import io.secateur.nn.Interpreter;
import io.secateur.nn.Layer;
import io.secateur.nn.Network;
import io.secateur.nn.Preprocessing;
import io.secateur.nn.RandomNetworks;
import io.secateur.run.RunContext;
import io.secateur.run.SeedTree;
import io.secateur.train.Descent;
import io.secateur.train.Initialisation;
import io.secateur.train.Objective;
import io.secateur.train.Precision;
import io.secateur.train.Schedule;
import io.secateur.train.Trainer;
import io.secateur.train.TrainingSettings;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class InputAwareTest {
  private static final FeatureShape SHAPE = new FeatureShape(3, 8, 8);
  private static final int PLANE = 64;
  private static final float[] STD = {0.2f, 0.25f, 0.3f};
  private static final Preprocessing NORMALISATION =
      new Preprocessing(new float[] {0.5f, 0.4f, 0.3f}, STD);
  private static final InputAware ATTACK =
      new InputAware(new Target.One(1), 0.25, 0.25, 0.032, 100, 0.7, 1, 0.01);
  private static final TrainingSettings SETTINGS =
      new TrainingSettings(
          30,
          32,
          new Schedule.OneCycle(0.05),
          Descent.Sgd.CUSTOMARY,
          0,
          Augmentation.NONE,
          Precision.FLOAT32);

  private static Network fresh(Architecture architecture, long seed) {
    return Initialisation.of(architecture, NORMALISATION, new SeedTree(seed));
  }

  private static float[] random(int count, long seed) {
    return RandomNetworks.images(SHAPE, count, seed);
  }

  private static Objective.Step step(
      Interpreter network, List<Interpreter> companions, float[] images, int... labels) {
    return new Objective.Step(
        network,
        companions,
        Tensor.of(images, labels.length, 3, 8, 8),
        Tensor.of(labels),
        new SplittableRandom(1),
        0);
  }

  /** Root mean square of the difference of two entries, by a loop. */
  private static double rms(float[] a, int from, float[] b, int fromB, int size, float[] scale) {
    double sum = 0;
    for (int i = 0; i < size; i++) {
      double difference = (a[from + i] - b[fromB + i]) / scale[i / PLANE];
      sum += difference * difference;
    }
    return Math.sqrt(sum / size);
  }

  /** Stage 1, written out from what M yields on the same batch. */
  @Test
  void the_mask_pays_for_covering_much_and_for_being_alike() {
    Network m = fresh(InputAwareGenerators.mask(SHAPE), 1);
    float[] images = random(4, 2);
    try (Scope scope = Scope.open()) {
      float[] raw = outputs(m, images, 4);
      float[] masks = new float[raw.length];
      double norm = 0;
      for (int i = 0; i < raw.length; i++) {
        masks[i] = (float) (Math.tanh(20 * (raw[i] / 2 + 0.5) - 10) / 2 + 0.5);
        norm += Math.max(0, masks[i] - 0.032) / raw.length;
      }
      double diversity = 0;
      for (int n = 0; n < 4; n++) {
        int next = (n + 1) % 4;
        double images12 = rms(images, n * 192, images, next * 192, 192, STD);
        double masks12 = rms(masks, n * PLANE, masks, next * PLANE, PLANE, new float[] {1});
        diversity += images12 / (masks12 + 1e-7) / 4;
      }

      double loss =
          ATTACK.maskLoss(step(Interpreter.training(m), List.of(), images, 0, 0, 0, 0)).item();

      assertThat(loss).isCloseTo(100 * norm + 0.7 * diversity, within(1e-3 * loss));
    }
  }

  private static float[] outputs(Network network, float[] images, int count) {
    return Interpreter.training(network)
        .forward(Tensor.of(images, count, 3, 8, 8), Hooks.TRAINING)
        .toFloats();
  }

  /** Stage 2, written out from what G, M and a linear classifier yield; of 8 images 2, 2 and 4. */
  @Test
  void the_first_are_attacked_the_next_crossed_with_the_clean_ones_after_them() {
    ArchitectureBuilder net = new ArchitectureBuilder("linear", SHAPE);
    net.linear("fc", net.add("flatten", new Layer.Flatten(), net.input()), 3);
    Network classifier = RandomNetworks.of(net.build(), 3);
    ImageSet set = colours(40);
    Poisoning poisoning = ATTACK.poison(set, RunContext.quiet(4));
    Objective objective = poisoning.objective().orElseThrow().apply(SETTINGS);
    Network g = objective.companions().get(0).start();
    Generator truth = (Generator) poisoning.truth().apply(List.of(g)).orElseThrow().trigger();
    float[] std = g.preprocessing().std();
    float[] x = random(8, 5);
    int[] labels = {0, 2, 0, 1, 2, 2, 1, 0};
    try (Scope scope = Scope.open()) {
      // G sees in one batch the attacked images 0, 1 and the makers 4, 5 of the crossed triggers.
      float[] makers = Arrays.copyOf(x, 4 * 192);
      System.arraycopy(x, 4 * 192, makers, 2 * 192, 2 * 192);
      float[] patterns = outputs(g, makers, 4);
      float[] masks =
          Interpreter.evaluating(truth.mask()).forward(Tensor.of(makers, 4, 3, 8, 8)).toFloats();
      float[] shown = x.clone();
      for (int n = 0; n < 4; n++) {
        for (int i = 0; i < 192; i++) {
          patterns[n * 192 + i] = patterns[n * 192 + i] / 2 + 0.5f;
          double mask = Math.tanh(10 * masks[n * PLANE + i % PLANE]) / 2 + 0.5;
          shown[n * 192 + i] += (float) ((patterns[n * 192 + i] - x[n * 192 + i]) * mask);
        }
      }
      int[] wanted = {1, 1, 0, 1, 2, 2, 1, 0};
      float[] logits = Evaluator.logits(classifier, shown);
      double expected = 0;
      for (int n = 0; n < 8; n++) {
        double sum = 0;
        for (int k = 0; k < 3; k++) {
          sum += Math.exp(logits[3 * n + k] - logits[3 * n + wanted[n]]);
        }
        expected += Math.log(sum) / 8;
      }
      for (int n = 0; n < 2; n++) {
        expected +=
            0.7
                / 2
                * rms(x, n * 192, x, (n + 4) * 192, 192, std)
                / (rms(patterns, n * 192, patterns, (n + 2) * 192, 192, std) + 1e-7);
      }

      double loss =
          objective
              .loss(
                  step(
                      Interpreter.training(classifier),
                      List.of(Interpreter.training(g)),
                      x,
                      labels))
              .item();

      assertThat(loss).isCloseTo(expected, within(1e-3 * expected));
    }
  }

  /** Three classes, red, green and blue, with noise. */
  private static ImageSet colours(int count) {
    Random random = new Random(1);
    byte[] pixels = new byte[count * SHAPE.size()];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = i % 3;
      for (int j = 0; j < SHAPE.size(); j++) {
        int base = j / PLANE == labels[i] ? 100 : 60;
        pixels[i * SHAPE.size() + j] = (byte) (base + random.nextInt(60));
      }
    }
    return ImageSet.of("colours", SHAPE, List.of("red", "green", "blue"), labels, pixels);
  }

  @Test
  void the_normalisation_is_mean_and_deviation_of_the_images() {
    ImageSet two =
        ImageSet.of(
            "two",
            new FeatureShape(2, 1, 2),
            List.of("a"),
            new int[] {0, 0},
            new byte[] {0, 51, 7, 7, 102, (byte) 153, 7, 7});

    Preprocessing normalisation = InputAware.normalisation(two);

    // 0, 0.2, 0.4, 0.6: mean 0.3, variance (0.09 + 0.01 + 0.01 + 0.09) / 4.
    assertThat(normalisation.mean()[0]).isCloseTo(0.3f, within(1e-6f));
    assertThat(normalisation.std()[0]).isCloseTo((float) Math.sqrt(0.05), within(1e-6f));
    assertThat(normalisation.std()[1]).isEqualTo(1f);
  }

  @Test
  void an_infected_network_obeys_its_generator_and_the_mask_is_that_of_stage_one() {
    ImageSet images = colours(240);
    InputAware attack = new InputAware(new Target.One(1), 0.2, 0.1, 0.1, 10, 0.1, 5, 0.01);
    RunContext run = RunContext.quiet(7);

    InfectedModel infected =
        Infection.of(classifier(), attack, images, Trainer.of(SETTINGS), Infection.Watch.NONE, run);

    Evaluation evaluation = Evaluator.evaluate(infected.network(), images, infected.truth());
    assertThat(evaluation.cleanAccuracy().value()).isGreaterThan(95);
    assertThat(evaluation.trueAsr().orElseThrow().value()).isGreaterThan(80);
    Generator trained = (Generator) infected.truth().orElseThrow().trigger();
    Poisoning again = attack.poison(images, run.under("poison"));
    Network start = again.objective().orElseThrow().apply(SETTINGS).companions().get(0).start();
    Generator untrained = (Generator) again.truth().apply(List.of(start)).orElseThrow().trigger();
    assertThat(trained.mask().weights()).isEqualTo(untrained.mask().weights());
    assertThat(trained.pattern().weights()).isNotEqualTo(untrained.pattern().weights());
  }

  private static Network classifier() {
    ArchitectureBuilder net = new ArchitectureBuilder("tiny", SHAPE);
    String x = net.conv("conv", net.input(), 16, 3, 1, 1, false);
    x = net.relu("relu", net.batchNorm("bn", x));
    x = net.conv("conv2", x, 16, 3, 2, 1, false);
    x = net.relu("relu2", net.batchNorm("bn2", x));
    net.linear("fc", net.add("flatten", new Layer.Flatten(), x), 3);
    return fresh(net.build(), 8);
  }

  @Test
  void mixed_precision_lowers_the_loss_too() {
    ImageSet images = colours(96);
    TrainingSettings mixed = SETTINGS.withEpochs(6).withPrecision(Precision.BFLOAT16);

    InfectedModel infected =
        Infection.of(
            classifier(),
            ATTACK,
            images,
            Trainer.of(mixed),
            Infection.Watch.NONE,
            RunContext.quiet(9));

    assertThat(
            Evaluator.evaluate(infected.network(), images, infected.truth())
                .cleanAccuracy()
                .value())
        .isGreaterThan(90);
  }

  @Test
  void small_batches_and_settings_out_of_range_are_refused() {
    assertThatThrownBy(() -> new InputAware(new Target.One(0), 0.5, 0.3, 0, 1, 1, 1, 0.01))
        .hasMessageContaining("cross-rate");
    assertThatThrownBy(() -> new InputAware(new Target.One(0), 0.1, 0.1, 1, 1, 1, 1, 0.01))
        .hasMessageContaining("density");
    Objective objective =
        new InputAware(new Target.One(0), 0.1, 0.1, 0.1, 1, 1, 1, 0.01)
            .poison(colours(9), RunContext.quiet(1))
            .objective()
            .orElseThrow()
            .apply(SETTINGS);
    try (Scope scope = Scope.open()) {
      Objective.Step three =
          step(Interpreter.training(classifier()), List.of(), random(3, 1), 0, 1, 2);
      assertThatThrownBy(() -> objective.loss(three)).hasMessageContaining("3 images is too small");
    }
  }
}
