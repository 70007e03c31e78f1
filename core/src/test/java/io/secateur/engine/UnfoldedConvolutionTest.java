package io.secateur.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnfoldedConvolutionTest {
  private static final long[] ONE = {1, 1};

  @ParameterizedTest
  @CsvSource({"4, 4, 1, 3", "4, 4, 2, 3", "6, 4, 2, 3", "2, 8, 1, 3", "6, 6, 3, 5", "1, 1, 1, 3"})
  void yieldsTheConvolutionAndItsGradients(int height, int width, int stride, int kernel) {
    try (Scope scope = Scope.open()) {
      Tensor x = random(1, 2, 3, height, width).channelsLast().requireGradient();
      // Of one place, or none in an image, layouts cannot be told apart: the kernel's decides.
      Tensor w = random(2, 5, 3, kernel, kernel).channelsLast().requireGradient();
      Tensor upstream = random(3, 2, 5, height / stride, width / stride);
      long half = kernel / 2;
      Tensor plain =
          new Tensor(
              torch.conv2d(
                  x.raw(),
                  w.raw(),
                  new TensorOptional(),
                  new long[] {stride, stride},
                  new long[] {half, half},
                  ONE,
                  1));

      Tensor unfolded = new Tensor(UnfoldedConvolution.of(x.raw(), w.raw(), stride));

      same(unfolded, plain);
      List<Tensor> expected = Autograd.gradients(plain.mul(upstream).sum(), List.of(x, w));
      List<Tensor> actual = Autograd.gradients(unfolded.mul(upstream).sum(), List.of(x, w));
      same(actual.get(0), expected.get(0));
      same(actual.get(1), expected.get(1));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "512, 256, 4, 1, 1, true",
    "512, 256, 8, 2, 1, true",
    "512, 256, 8, 1, 1, false",
    "256, 256, 4, 1, 1, false",
    "512, 256, 7, 2, 1, false",
    "512, 512, 4, 1, 2, false"
  })
  void isTakenWhereItWasMeasuredToPay(
      int filters, int channels, int side, int stride, int groups, boolean pays) {
    try (Scope scope = Scope.open()) {
      Tensor x = Tensor.zeros(1, channels, side, side);
      Tensor w = Tensor.zeros(filters, channels / groups, 3, 3);

      boolean taken =
          UnfoldedConvolution.pays(x.raw(), w.raw(), new long[] {stride, stride}, ONE, ONE, groups);

      assertThat(taken).isEqualTo(pays);
    }
  }

  private static void same(Tensor actual, Tensor expected) {
    assertThat(actual.shape()).isEqualTo(expected.shape());
    float[] wanted = expected.toFloats();
    float[] got = actual.toFloats();
    for (int i = 0; i < wanted.length; i++) {
      assertThat(got[i]).isCloseTo(wanted[i], within(1e-4f));
    }
  }

  private static Tensor random(long seed, long... shape) {
    Random random = new Random(seed);
    int count = 1;
    for (long side : shape) {
      count *= (int) side;
    }
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Tensor.of(values, shape);
  }
}
