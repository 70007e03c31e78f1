package io.secateur.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Convolutions and their gradients against loops, laid out as the interpreter does. */
class ConvolutionTest {

  @ParameterizedTest
  @CsvSource({
    "1, 1, 5, 4, 3, 1",
    "2, 1, 16, 4, 3, 1",
    "2, 3, 5, 4, 3, 1",
    "2, 3, 8, 1, 3, 1",
    "2, 16, 24, 1, 3, 1",
    "8, 8, 10, 2, 3, 1",
    "2, 16, 5, 3, 1, 1",
    "2, 8, 8, 4, 3, 8",
    "3, 24, 24, 1, 3, 24",
    "2, 6, 9, 4, 3, 3"
  })
  void gradients_are_those_of_a_loop(
      int images, int channels, int filters, int side, int kernel, int groups) {
    int perGroup = channels / groups;
    float[] x = random(1, images * channels * side * side);
    float[] w = random(2, filters * perGroup * kernel * kernel);
    float[] up = random(3, images * filters * side * side);
    double[] y = new double[up.length];
    double[] dx = new double[x.length];
    double[] dw = new double[w.length];
    int half = kernel / 2;
    for (int n = 0; n < images; n++) {
      for (int o = 0; o < filters; o++) {
        int firstChannel = o / (filters / groups) * perGroup;
        for (int p = 0; p < side * side; p++) {
          int out = (n * filters + o) * side * side + p;
          for (int i = 0; i < perGroup; i++) {
            for (int k = 0; k < kernel * kernel; k++) {
              int row = p / side + k / kernel - half;
              int column = p % side + k % kernel - half;
              if (row >= 0 && row < side && column >= 0 && column < side) {
                int in = ((n * channels + firstChannel + i) * side + row) * side + column;
                int weight = (o * perGroup + i) * kernel * kernel + k;
                y[out] += x[in] * w[weight];
                dx[in] += up[out] * w[weight];
                dw[weight] += up[out] * x[in];
              }
            }
          }
        }
      }
    }
    try (Scope scope = Scope.open()) {
      Tensor input = Tensor.of(x, images, channels, side, side).channelsLast().requireGradient();
      Tensor weight =
          Tensor.of(w, filters, perGroup, kernel, kernel).channelsLast().requireGradient();
      long[] one = {1, 1};

      long[] padding = {half, half};
      Tensor upstream = Tensor.of(up, images, filters, side, side);

      List<Tensor> outputs = new ArrayList<>();
      outputs.add(Ops.conv2d(input, weight, null, one, padding, one, groups));
      if (groups == 1) {
        outputs.add(
            new Tensor(RoundedChannels.conv2d(input.raw(), weight.raw(), one, padding, one)));
      }

      for (Tensor output : outputs) {
        List<Tensor> gradients =
            Autograd.gradients(output.mul(upstream).sum(), List.of(input, weight));
        same(output, y);
        same(gradients.get(0), dx);
        same(gradients.get(1), dw);
      }
    }
  }

  @Test
  void whether_convolutions_are_right_does_not_depend_on_who_asks() {
    assertThat(Autograd.mixedPrecision(OneDnn::tried)).isEqualTo(OneDnn.tried());
  }

  @Test
  void rounded_channels_take_stride_dilation_and_bfloat16_as_others_do() {
    try (Scope scope = Scope.open()) {
      Tensor x = Tensor.of(random(1, 2 * 5 * 81), 2, 5, 9, 9).to(NumberFormat.BFLOAT16);
      Tensor w = Tensor.of(random(2, 7 * 5 * 9), 7, 5, 3, 3).to(NumberFormat.BFLOAT16);
      long[] two = {2, 2};

      Tensor rounded = new Tensor(RoundedChannels.conv2d(x.raw(), w.raw(), two, two, two));

      Tensor wide = OneDnn.without(() -> Ops.conv2d(x, w, null, two, two, two, 1));
      assertThat(OneDnn.without(OneDnn::wrong)).isFalse();
      assertThat(rounded.shape()).containsExactly(wide.shape());
      float[] expected = wide.toFloats();
      float[] got = rounded.toFloats();
      for (int i = 0; i < expected.length; i++) {
        assertThat(got[i]).as("value " + i).isCloseTo(expected[i], within(0.2f));
      }
    }
  }

  /** Ten filters on four images in the plain layout, as gradients of gradients meet it. */
  @Test
  void plain_layouts_are_right_where_they_are_asked_to_be() {
    float[] x = random(1, 4 * 3 * 9);
    float[] w = random(2, 10 * 3);
    float[] up = random(3, 4 * 10 * 9);
    double[] dx = new double[x.length];
    for (int n = 0; n < 4; n++) {
      for (int o = 0; o < 10; o++) {
        for (int i = 0; i < 3; i++) {
          for (int p = 0; p < 9; p++) {
            dx[(n * 3 + i) * 9 + p] += up[(n * 10 + o) * 9 + p] * w[o * 3 + i];
          }
        }
      }
    }
    // The middle of a 3 × 3 kernel that is 0 elsewhere.
    float[] kernel = new float[w.length * 9];
    for (int i = 0; i < w.length; i++) {
      kernel[i * 9 + 4] = w[i];
    }
    try (Scope scope = Scope.open()) {
      Tensor input = Tensor.of(x, 4, 3, 3, 3).requireGradient();
      Tensor weight = Tensor.of(kernel, 10, 3, 3, 3);
      Tensor upstream = Tensor.of(up, 4, 10, 3, 3);
      long[] one = {1, 1};

      Tensor gradient =
          PlainConvolutions.in(
              () ->
                  Autograd.gradients(
                          Ops.conv2d(input, weight, null, one, one, one, 1).mul(upstream).sum(),
                          List.of(input))
                      .get(0));

      same(gradient, dx);
    }
  }

  private static void same(Tensor actual, double[] expected) {
    float[] got = actual.toFloats();
    double scale = Arrays.stream(expected).map(Math::abs).max().orElse(0);
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) got[i]).as("value " + i).isCloseTo(expected[i], within(1e-5 * scale));
    }
  }

  private static float[] random(long seed, int count) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
