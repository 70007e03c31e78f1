package io.secateur.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.secateur.engine.Ops;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.nn.ArchitectureBuilder;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Hooks;
import io.secateur.nn.Interpreter;
import io.secateur.nn.Layer;
import io.secateur.nn.Network;
import io.secateur.nn.Preprocessing;
import io.secateur.nn.RandomNetworks;
import io.secateur.run.SeedTree;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GrowthTest {
  @Test
  void sides_grow_by_four_pixels_at_equal_distances_until_three_quarters() {
    Growth growth = Growth.from(16);

    assertThat(IntStream.range(0, 16).map(i -> growth.side(32, i / 16.0)))
        .containsExactly(16, 16, 16, 20, 20, 20, 24, 24, 24, 28, 28, 28, 32, 32, 32, 32);
  }

  /** The last step is smaller where four pixels do not divide what is missing. */
  @ParameterizedTest
  @CsvSource({"8, 0, 8", "8, 0.74, 12", "13, 0.7, 13", "16, 0.3, 14"})
  void sides_never_pass_the_whole(int start, double share, int expected) {
    assertThat(Growth.from(start).side(14, share)).isEqualTo(expected);
  }

  @Test
  void the_first_images_are_the_smallest_and_of_the_same_proportions() {
    assertThat(Growth.from(16).smallest(new FeatureShape(3, 32, 64)))
        .isEqualTo(new FeatureShape(3, 16, 32));
    assertThat(Growth.NONE.smallest(new FeatureShape(3, 32, 64)))
        .isEqualTo(new FeatureShape(3, 32, 64));
  }

  @Test
  void whole_images_are_handed_on_and_half_ones_are_means_of_four_pixels() {
    try (Scope scope = Scope.open()) {
      float[] pixels = new float[2 * 16 * 32];
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = (i * 31 % 97) / 97f;
      }
      Tensor images = Tensor.of(pixels, 2, 1, 16, 32);

      Tensor half = Growth.from(8).apply(images, 0);

      assertThat(half.shape()).containsExactly(2, 1, 8, 16);
      float[] shrunk = half.toFloats();
      for (int n = 0; n < 2; n++) {
        for (int y = 0; y < 8; y++) {
          for (int x = 0; x < 16; x++) {
            int at = n * 512 + 2 * y * 32 + 2 * x;
            float mean = (pixels[at] + pixels[at + 1] + pixels[at + 32] + pixels[at + 33]) / 4;
            assertThat(shrunk[n * 128 + y * 16 + x]).isCloseTo(mean, within(1e-6f));
          }
        }
      }
      assertThat(Growth.from(8).apply(images, 0.75)).isSameAs(images);
      assertThat(Growth.NONE.apply(images, 0)).isSameAs(images);
    }
  }

  @Test
  void cross_entropy_is_that_of_the_shrunken_images() {
    FeatureShape shape = new FeatureShape(1, 16, 16);
    ArchitectureBuilder net = new ArchitectureBuilder("tiny", shape);
    String x = net.conv("conv", net.input(), 4, 3, 1, 1, false);
    x = net.add("pool", new Layer.GlobalAveragePool(), net.relu("relu", x));
    net.linear("linear", net.add("flat", new Layer.Flatten(), x), 3);
    Network network =
        Initialisation.of(
            net.build(),
            new Preprocessing(new float[] {0.3f}, new float[] {0.3f}),
            new SeedTree(1));
    TrainingSettings settings =
        TrainingSettings.FROM_SCRATCH.withPrecision(Precision.FLOAT32).growing(Growth.from(8));
    try (Scope scope = Scope.open()) {
      Tensor images = Tensor.of(RandomNetworks.images(shape, 2, 3), 2, 1, 16, 16);
      Tensor labels = Tensor.of(new int[] {2, 0});
      Interpreter learner = Interpreter.training(network);

      double early = loss(settings, learner, images, labels, 0);
      double late = loss(settings, learner, images, labels, 0.8);

      Tensor small = Growth.from(8).apply(images, 0);
      assertThat(early)
          .isEqualTo(Ops.crossEntropy(learner.forward(small, Hooks.TRAINING), labels).item());
      assertThat(late)
          .isEqualTo(Ops.crossEntropy(learner.forward(images, Hooks.TRAINING), labels).item())
          .isNotEqualTo(early);
    }
  }

  private static double loss(
      TrainingSettings settings, Interpreter learner, Tensor images, Tensor labels, double share) {
    return Objective.crossEntropy(settings)
        .loss(
            new Objective.Step(learner, List.of(), images, labels, new SplittableRandom(1), share))
        .item();
  }

  @Test
  void values_out_of_range_are_refused() {
    assertThatThrownBy(() -> Growth.from(7))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least 8 pixels, got 7");
    assertThatThrownBy(() -> new Growth(16, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("until");
  }
}
