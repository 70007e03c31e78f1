package io.secateur.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.secateur.nn.ArchitectureBuilder;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Layer;
import io.secateur.nn.Network;
import io.secateur.nn.Preprocessing;
import io.secateur.nn.WeightTensor;
import io.secateur.nn.Weights;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Networks of one 1×1 convolution, so that the formula can be written out. */
class GeneratorTest {
  private static final FeatureShape SHAPE = new FeatureShape(2, 3, 4);
  private static final Preprocessing PREPROCESSING =
      new Preprocessing(new float[] {0.5f, 0.4f}, new float[] {0.25f, 0.2f});

  /** Two outputs from two channels. */
  private static final float[] PATTERN = {0.5f, -1f, 2f, 0.25f};

  /** One output, near the threshold of the mask. */
  private static final float[] MASK = {0.1f, -0.05f};

  private static Network network(float... weights) {
    int out = weights.length / 2;
    ArchitectureBuilder net = new ArchitectureBuilder("one", SHAPE);
    net.add("tanh", new Layer.Tanh(), net.conv("conv", net.input(), out, 1, 1, 0, false));
    return new Network(
        net.buildGenerator(),
        Weights.of(Map.of("conv.weight", WeightTensor.ofFloats(new int[] {out, 2, 1, 1}, weights))),
        PREPROCESSING);
  }

  @Test
  void pattern_and_mask_follow_the_formula_in_every_batch() {
    int count = 130;
    float[] images = new float[count * SHAPE.size()];
    Random random = new Random(1);
    for (int i = 0; i < images.length; i++) {
      images[i] = random.nextFloat();
    }

    float[] triggered = new Generator(network(PATTERN), network(MASK)).on(images);

    for (int n = 0; n < count; n++) {
      for (int p = 0; p < 12; p++) {
        int red = n * 24 + p;
        int green = red + 12;
        double a = (images[red] - 0.5) / 0.25;
        double b = (images[green] - 0.4) / 0.2;
        double m = Math.tanh(MASK[0] * a + MASK[1] * b) / 2 + 0.5;
        m = Math.tanh(20 * m - 10) / 2 + 0.5;
        double first = Math.tanh(PATTERN[0] * a + PATTERN[1] * b) / 2 + 0.5;
        double second = Math.tanh(PATTERN[2] * a + PATTERN[3] * b) / 2 + 0.5;
        assertThat(triggered[red])
            .isCloseTo((float) (images[red] + (first - images[red]) * m), within(1e-4f));
        assertThat(triggered[green])
            .isCloseTo((float) (images[green] + (second - images[green]) * m), within(1e-4f));
      }
    }
  }

  @Test
  void networks_that_yield_something_else_are_refused() {
    assertThatThrownBy(() -> new Generator(network(MASK), network(MASK)))
        .hasMessageContaining("the networks yield 1x3x4");
    assertThatThrownBy(() -> new Generator(network(PATTERN), network(PATTERN)))
        .hasMessageContaining("2x3x4");
  }

  @Test
  void equal_weights_make_equal_triggers() {
    assertThat(new Generator(network(PATTERN), network(MASK)))
        .isEqualTo(new Generator(network(PATTERN), network(MASK)))
        .hasSameHashCodeAs(new Generator(network(PATTERN), network(MASK)))
        .isNotEqualTo(new Generator(network(1, 1, 1, 1), network(MASK)));
  }
}
