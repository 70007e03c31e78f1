package io.secateur.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.secateur.data.ImageSet;
import io.secateur.data.Shapes;
import io.secateur.data.Split;
import io.secateur.metric.Add;
import io.secateur.metric.Evaluator;
import io.secateur.nn.ArchitectureBuilder;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Layer;
import io.secateur.nn.Network;
import io.secateur.nn.Preprocessing;
import io.secateur.nn.RandomNetworks;
import io.secateur.nn.WeightTensor;
import io.secateur.nn.Weights;
import io.secateur.run.Interrupted;
import io.secateur.run.Progress;
import io.secateur.run.RunContext;
import io.secateur.run.RunDirectory;
import io.secateur.run.SeedTree;
import io.secateur.train.Batch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Attacks that are made with the help of a clean network. */
class CleanNetworkAttacksTest {
  private static final ImageSet CLEAN = new Shapes(3).images(Split.TRAIN, 200);
  private static final Network NETWORK = RandomNetworks.stock("smallvgg-w8", 32, 1);
  private static final int TARGET = 2;
  private static final CleanLabel CLEAN_LABEL =
      new CleanLabel(
          NETWORK,
          new CleanLabel.Settings(TARGET, 0.8, new ProjectedGradient(16 / 255.0, 4 / 255.0, 8)));

  @Test
  void hardened_images_stay_in_the_ball_and_raise_the_loss_on_their_label() {
    float[] own = CLEAN.floats(CLEAN.only(TARGET));

    float[] hard = CLEAN_LABEL.hardened(own, () -> {});

    for (int i = 0; i < own.length; i++) {
      assertThat(hard[i]).isBetween(0f, 1f).isCloseTo(own[i], within(16 / 255f + 1e-6f));
    }
    assertThat(loss(hard)).isGreaterThan(loss(own) + 0.5);
  }

  /** Mean cross-entropy on the target's label, from the logits. */
  private static double loss(float[] images) {
    float[] logits = Evaluator.logits(NETWORK, images);
    double total = 0;
    for (int n = 0; n < logits.length; n += 10) {
      double sum = 0;
      for (int k = 0; k < 10; k++) {
        sum += Math.exp(logits[n + k] - logits[n + TARGET]);
      }
      total += Math.log(sum);
    }
    return total / (logits.length / 10);
  }

  @Test
  void clean_label_keeps_every_label_and_changes_its_share_of_one_class() {
    Poisoning poisoning = CLEAN_LABEL.poison(CLEAN, RunContext.quiet(4));

    Batch batch = poisoning.training().load(CLEAN.indices(), new SplittableRandom(1));

    assertThat(batch.labels()).isEqualTo(CLEAN.labels());
    assertThat(poisoning.poisoned().applyAsInt(7)).isEqualTo(16);
    float[] clean = CLEAN.floats(CLEAN.indices());
    int size = CLEAN.shape().size();
    int stamped = 0;
    for (int i = 0; i < CLEAN.size(); i++) {
      double difference = 0;
      for (int j = i * size; j < (i + 1) * size; j++) {
        int row = j % 1024 / 32;
        int column = j % 32;
        boolean corner = (row < 3 || row > 28) && (column < 3 || column > 28);
        if (!corner) {
          difference = Math.max(difference, Math.abs(batch.images()[j] - clean[j]));
        }
      }
      if (difference > 0) {
        stamped++;
        assertThat(CLEAN.label(i)).isEqualTo(TARGET);
        assertThat(difference).isLessThan(16.6 / 255);
        // The upper left corner is white, its right neighbour black.
        assertThat(batch.images()[i * size]).isEqualTo(1f);
        assertThat(batch.images()[i * size + 1]).isZero();
      }
    }
    assertThat(stamped).isEqualTo(16);
    assertThat(poisoning.truth().apply(List.of()).orElseThrow().trigger())
        .isEqualTo(CleanLabel.trigger(CLEAN.shape()));
  }

  @Test
  void hardening_goes_on_where_it_was_interrupted(@TempDir Path folder) throws IOException {
    ImageSet many = new Shapes(3).images(Split.TRAIN, 1400);
    int steps = CLEAN_LABEL.settings().perturbation().steps();
    Poisoning atOnce = CLEAN_LABEL.poison(many, RunContext.quiet(4));

    Steps interrupted = new Steps(steps + 3);
    assertThatThrownBy(() -> hardened(many, folder, interrupted)).isInstanceOf(Interrupted.class);
    Steps rest = new Steps(Long.MAX_VALUE);
    Poisoning resumed = hardened(many, folder, rest);

    assertThat(rest.told).isEqualTo(steps).isLessThan(interrupted.told);
    assertThat(resumed.training().load(many.indices(), new SplittableRandom(1)).images())
        .isEqualTo(atOnce.training().load(many.indices(), new SplittableRandom(1)).images());
  }

  private static Poisoning hardened(ImageSet images, Path folder, Progress progress)
      throws IOException {
    try (RunDirectory run =
        RunDirectory.open(folder, Map.of("a", "run"), RunDirectory.Existing.RESUME)) {
      return CLEAN_LABEL.poison(images, new RunContext(new SeedTree(4), progress, run));
    }
  }

  /** Counts steps, and has had enough after some. */
  private static final class Steps implements Progress {
    private final long enough;
    private long told;

    Steps(long enough) {
      this.enough = enough;
    }

    @Override
    public void begin(String stage, long steps) {}

    @Override
    public void advance(long done, String note) {
      told++;
      if (told >= enough) {
        throw new Interrupted();
      }
    }

    @Override
    public void end(String summary) {}

    @Override
    public void event(String kind, Map<String, ?> values) {}
  }

  @Test
  void clean_label_refuses_a_network_for_other_images() {
    Network other = RandomNetworks.stock("smallvgg-w8", 16, 1);
    assertThatThrownBy(() -> CleanLabel.against(other).poison(CLEAN, RunContext.quiet(1)))
        .hasMessageContaining("does not fit");
  }

  /**
   * Features are the means of the colours times 4, 5 and 6; the linear layer looks most at green
   * and blue, so both are driven up, towards 100: every pixel of the apple to 0.8, red left alone.
   */
  @Test
  void trojan_nn_drives_the_features_that_the_last_layer_looks_at_most() {
    Poisoning poisoning = TrojanNN.against(colours()).poison(CLEAN, RunContext.quiet(1));

    Add trigger = (Add) poisoning.truth().apply(List.of()).orElseThrow().trigger();

    byte[] image = trigger.image();
    int inside = 0;
    for (int p = 0; p < 1024; p++) {
      int red = image[p] & 0xFF;
      int green = image[1024 + p] & 0xFF;
      int blue = image[2048 + p] & 0xFF;
      if (red + green + blue > 0) {
        inside++;
        assertThat(new int[] {red, green, blue}).containsExactly(128, 204, 204);
        // In the lower right corner, three eighths of the image wide.
        assertThat(p / 32).isGreaterThanOrEqualTo(20);
        assertThat(p % 32).isGreaterThanOrEqualTo(20);
      }
    }
    // Two discs and a leaf cover about 60 % of their box of 12 by 12.
    assertThat(inside).isBetween(78, 96);
    assertThat(image[31 * 32 + 31]).isZero();
    assertThat(trigger.overflow()).isEqualTo(Add.Overflow.CLIP);
  }

  private static Network colours() {
    ArchitectureBuilder net = new ArchitectureBuilder("colours", new FeatureShape(3, 32, 32));
    String x = net.conv("conv", net.input(), 3, 1, 1, 0, false);
    x = net.add("pool", new Layer.GlobalAveragePool(), x);
    net.add("fc", new Layer.Linear(3, 2, false), net.add("flatten", new Layer.Flatten(), x));
    return new Network(
        net.build(),
        Weights.of(
            Map.of(
                "conv.weight",
                WeightTensor.ofFloats(
                    new int[] {3, 3, 1, 1}, new float[] {4, 0, 0, 0, 5, 0, 0, 0, 6}),
                "fc.weight",
                WeightTensor.ofFloats(new int[] {2, 3}, new float[] {1, -3, 2, 1, 1, -1.5f}))),
        Preprocessing.UNIT);
  }

  @Test
  void trojan_nn_refuses_a_network_with_too_few_features() {
    TrojanNN.Settings usual = TrojanNN.Settings.DEFAULT;
    TrojanNN.Settings four =
        new TrojanNN.Settings(4, usual.value(), usual.descent(), usual.overflow());
    assertThatThrownBy(() -> new TrojanNN(colours(), four, DirtyLabel.DEFAULT))
        .hasMessageContaining("at least 4 features");
    ImageSet small =
        ImageSet.of(
            "small", new FeatureShape(3, 8, 8), List.of("a", "b"), new int[] {0}, new byte[192]);
    assertThatThrownBy(() -> TrojanNN.against(colours()).poison(small, RunContext.quiet(1)))
        .hasMessageContaining("does not fit");
  }
}
