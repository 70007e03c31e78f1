package io.secateur.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.secateur.engine.Ops;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.nn.FeatureShape;
import java.util.Arrays;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WarpTest {

  /** The authors' code, step by step, on the engine. */
  @ParameterizedTest
  @CsvSource({"3, 32, 32, 4, 0.5", "3, 16, 16, 8, 4", "1, 12, 20, 3, 2", "2, 9, 7, 2, 1"})
  void it_samples_where_the_engine_samples(
      int channels, int height, int width, int k, double strength) {
    FeatureShape shape = new FeatureShape(channels, height, width);
    float[] control = random(2 * k * k, -2, 2, 1);
    float[] images = random(3 * shape.size(), 0, 1, 2);

    float[] warped = new Warp(shape, k, control, strength).on(images);

    float[] expected =
        Scope.value(
            () -> {
              Tensor noise = Ops.bicubic(Tensor.of(control, 1, 2, k, k), height, width);
              Tensor identity = Tensor.of(identity(height, width), 1, 2, height, width);
              Tensor grid = identity.add(noise.mul(strength / height)).clamp(-1, 1);
              return Ops.gridSample(
                      Tensor.of(images, 3, channels, height, width),
                      grid.permute(0, 2, 3, 1).expand(3, height, width, 2))
                  .toFloats();
            });
    assertThat(warped).containsExactly(expected, within(2e-5f));
    assertThat(warped).isNotEqualTo(images);
  }

  private static float[] identity(int height, int width) {
    float[] identity = new float[2 * height * width];
    for (int p = 0; p < height * width; p++) {
      identity[p] = 2f * (p % width) / (width - 1) - 1;
      identity[height * width + p] = 2f * (p / width) / (height - 1) - 1;
    }
    return identity;
  }

  /**
   * With k = 2 and equal displacements dx, dy at all four corners the field is constant: s · 0.5/4
   * = 0.125 to the right, of the 2 that lie between the outer of 5 columns, is a quarter of a
   * pixel.
   */
  @Test
  void the_first_plane_displaces_along_the_row_and_the_second_down() {
    FeatureShape shape = new FeatureShape(1, 5, 5);
    float[] image = new float[25];
    for (int i = 0; i < 25; i++) {
      image[i] = (i % 5) * 0.1f + (i / 5) * 0.01f;
    }
    float step = 0.625f;
    Warp right = new Warp(shape, 2, new float[] {step, step, step, step, 0, 0, 0, 0}, 1);
    Warp down = new Warp(shape, 2, new float[] {0, 0, 0, 0, step, step, step, step}, 1);

    assertThat(right.on(image)[6]).isCloseTo(image[6] + 0.025f, within(1e-6f));
    assertThat(down.on(image)[6]).isCloseTo(image[6] + 0.0025f, within(1e-6f));
    // At the border the grid is held at 1: the last column is itself.
    assertThat(right.on(image)[9]).isCloseTo(image[9], within(1e-6f));
  }

  @Test
  void noise_moves_every_pixel_by_less_than_half_a_pixel_more() {
    FeatureShape shape = new FeatureShape(1, 16, 16);
    float[] ramp = new float[256];
    for (int i = 0; i < 256; i++) {
      ramp[i] = (i % 16) / 16f;
    }
    Warp warp = new Warp(shape, 4, random(32, -1, 1, 3), 0.5);
    float[] two = Arrays.copyOf(ramp, 512);
    System.arraycopy(ramp, 0, two, 256, 256);

    float[] noisy = warp.onWithNoise(two, new SplittableRandom(4));

    float[] plain = warp.on(ramp);
    // 1/H of the 2 between the outer columns is (W − 1)/2H = 15/32 of a pixel, and so of 1/16.
    float most = 15 / 32f / 16;
    double total = 0;
    for (int i = 0; i < 256; i++) {
      assertThat(noisy[i]).isCloseTo(plain[i], within(most + 1e-5f));
      total += Math.abs(noisy[i] - plain[i]);
    }
    assertThat(total / 256).isGreaterThan(0.4 * most);
    assertThat(Arrays.copyOf(noisy, 256)).isNotEqualTo(Arrays.copyOfRange(noisy, 256, 512));
    assertThat(warp.onWithNoise(two, new SplittableRandom(4))).isEqualTo(noisy);
  }

  @Test
  void what_is_no_grid_is_refused() {
    FeatureShape shape = new FeatureShape(1, 4, 4);
    assertThatThrownBy(() -> new Warp(shape, 4, new float[31], 1)).hasMessageContaining("31");
    assertThatThrownBy(() -> new Warp(shape, 2, new float[8], 0)).hasMessageContaining("strength");
    float[] nan = new float[8];
    nan[3] = Float.NaN;
    assertThatThrownBy(() -> new Warp(shape, 2, nan, 1)).hasMessageContaining("NaN");
  }

  private static float[] random(int count, float low, float high, long seed) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = low + (high - low) * random.nextFloat();
    }
    return values;
  }
}
