package io.secateur.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.secateur.data.ImageDecoder.Decoded;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResizingTest {
  @ParameterizedTest
  @CsvSource({
    "40,30,12,12,12,16", // smaller, cut out of the middle
    "30,41,16,10,21,16",
    "9,9,9,9,9,9", // as it is
    "5,8,20,17,32,20", // larger
    "64,8,8,8,8,64", // a strip
  })
  void every_pixel_is_a_mean_weighted_by_a_triangle(
      int width, int height, int shorter, int side, int scaledHeight, int scaledWidth) {
    byte[] planes = new byte[3 * width * height];
    new Random(7).nextBytes(planes);

    Decoded cut = new Resizing(shorter, side).apply("here", new Decoded(width, height, planes));

    assertThat(cut.width()).isEqualTo(side);
    assertThat(cut.height()).isEqualTo(side);
    int top = (int) Math.rint((scaledHeight - side) / 2.0);
    int left = (int) Math.rint((scaledWidth - side) / 2.0);
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
          double wanted = 0;
          double[] rows = weights(height, scaledHeight, y + top);
          double[] columns = weights(width, scaledWidth, x + left);
          for (int i = 0; i < height; i++) {
            for (int j = 0; j < width; j++) {
              wanted += rows[i] * columns[j] * (planes[(c * height + i) * width + j] & 0xFF);
            }
          }
          int pixel = cut.planes()[(c * side + y) * side + x] & 0xFF;
          assertThat(Math.abs(pixel - wanted)).isLessThan(0.5 + 1e-3);
        }
      }
    }
  }

  /** What each of {@code from} pixels in a row weighs in pixel {@code at} of {@code to}. */
  private static double[] weights(int from, int to, int at) {
    double scale = (double) from / to;
    double reach = Math.max(scale, 1);
    double centre = (at + 0.5) * scale;
    double[] weights = new double[from];
    double sum = 0;
    for (int i = 0; i < from; i++) {
      weights[i] = Math.max(0, 1 - Math.abs(i + 0.5 - centre) / reach);
      sum += weights[i];
    }
    for (int i = 0; i < from; i++) {
      weights[i] /= sum;
    }
    return weights;
  }

  @Test
  void sides_are_read_and_written() {
    assertThat(Resizing.parse("224")).contains(new Resizing(224, 224));
    assertThat(Resizing.parse("256/224")).contains(new Resizing(256, 224));
    assertThat(new Resizing(224, 224)).hasToString("224");
    assertThat(new Resizing(256, 224)).hasToString("256/224");
    for (String other : new String[] {"", "train", "1x1", "-1", "8/", "/8", "1/2/3"}) {
      assertThat(Resizing.parse(other)).as(other).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"0", "2049", "8/9", "8/0", "999999999"})
  void sides_out_of_range_are_refused(String text) {
    assertThatThrownBy(() -> Resizing.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("sides must be in 1 to 2048, the second no larger than the first");
  }
}
