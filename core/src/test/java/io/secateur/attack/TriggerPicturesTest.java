package io.secateur.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.secateur.metric.Add;
import io.secateur.metric.Blend;
import io.secateur.metric.Stamp;
import io.secateur.nn.FeatureShape;
import io.secateur.run.SeedTree;
import org.junit.jupiter.api.Test;

/** The fixed triggers lie where the sources put them and have their values. */
class TriggerPicturesTest {
  private static final FeatureShape CIFAR = new FeatureShape(3, 32, 32);
  private static final FeatureShape TINY = new FeatureShape(3, 64, 64);

  private static int at(byte[] image, int side, int channel, int row, int column) {
    return image[(channel * side + row) * side + column] & 0xFF;
  }

  private static int sum(byte[] bytes) {
    int sum = 0;
    for (byte b : bytes) {
      sum += b & 0xFF;
    }
    return sum;
  }

  @Test
  void the_white_square_fills_the_corner() {
    Stamp stamp = new BadNets(BadNets.Pattern.SQUARE, DirtyLabel.DEFAULT).trigger(CIFAR);

    assertThat(sum(stamp.image())).isEqualTo(3 * 9 * 255);
    assertThat(sum(stamp.mask())).isEqualTo(9 * 255);
    assertThat(at(stamp.image(), 32, 2, 31, 31)).isEqualTo(255);
    assertThat(at(stamp.image(), 32, 0, 29, 29)).isEqualTo(255);
  }

  /** The patch of NAD, ABL and RNP, first and last row of red, middle of green, one of blue. */
  @Test
  void the_trojan_patch_is_added_at_rows_and_columns_25_to_27() {
    byte[] image = Trojan.DEFAULT.trigger(CIFAR).image();

    assertThat(at(image, 32, 0, 25, 25)).isEqualTo(207);
    assertThat(at(image, 32, 0, 25, 26)).isEqualTo(175);
    assertThat(at(image, 32, 0, 27, 27)).isEqualTo(246);
    assertThat(at(image, 32, 1, 26, 26)).isEqualTo(0);
    assertThat(at(image, 32, 1, 26, 27)).isEqualTo(113);
    assertThat(at(image, 32, 2, 26, 25)).isEqualTo(126);
    int red = 207 + 175 + 29 + 79 + 137 + 248 + 131 + 6 + 246;
    int green = 131 + 243 + 232 + 8 + 113 + 40 + 145 + 250;
    int blue = 181 + 120 + 179 + 126 + 32 + 146 + 4 + 61 + 246;
    assertThat(sum(image)).isEqualTo(red + green + blue);
    assertThat(at(Trojan.DEFAULT.trigger(TINY).image(), 64, 0, 57, 57)).isEqualTo(207);
  }

  @Test
  void the_trojan_patch_wraps_around_if_told_to() {
    float[] grey = new float[CIFAR.size()];
    java.util.Arrays.fill(grey, 100 / 255f);
    int corner = 25 * 32 + 25;

    float clipped = Trojan.DEFAULT.trigger(CIFAR).on(grey)[corner];
    float wrapped =
        new Trojan(Add.Overflow.WRAP, DirtyLabel.DEFAULT).trigger(CIFAR).on(grey)[corner];

    assertThat(clipped).isEqualTo(1f);
    assertThat(wrapped).isCloseTo((100 + 207 - 256) / 255f, within(1e-6f));
  }

  @Test
  void the_checkerboards_of_clean_label_mirror_each_other_left_to_right() {
    Stamp stamp = CleanLabel.trigger(CIFAR);
    String[] right = {"001", "010", "101"};

    byte[] image = stamp.image();
    for (int row = 0; row < 3; row++) {
      for (int column = 0; column < 3; column++) {
        int value = right[row].charAt(column) == '1' ? 255 : 0;
        for (int top : new int[] {0, 29}) {
          assertThat(at(image, 32, 1, top + row, 29 + column)).isEqualTo(value);
          assertThat(at(image, 32, 1, top + row, 2 - column)).isEqualTo(value);
        }
      }
    }
    assertThat(sum(stamp.mask())).isEqualTo(4 * 9 * 255);
  }

  @Test
  void sig_adds_a_sinusoid_along_the_row() {
    Add trigger = Sig.DEFAULT.trigger(CIFAR);
    float[] grey = new float[CIFAR.size()];
    java.util.Arrays.fill(grey, 0.5f);

    float[] triggered = trigger.on(grey);

    for (int i = 0; i < grey.length; i++) {
      double v = 40 * Math.sin(2 * Math.PI * (i % 32) * 6 / 32);
      assertThat(255 * (triggered[i] - 0.5)).isCloseTo(v, within(0.51));
    }
    // A quarter of a period, 32/6/4 columns, is not whole; column 4 is three quarters on.
    assertThat(255 * (triggered[4] - 0.5)).isCloseTo(-40, within(1e-3));
    assertThat(triggered[0]).isEqualTo(0.5f);
  }

  @Test
  void blended_noise_has_its_mean_and_deviation_and_comes_from_the_seed() {
    Blend noise = Blended.DEFAULT.trigger(CIFAR, new SeedTree(1));

    double mean = sum(noise.image()) / 3072.0 / 255;
    double square = 0;
    for (byte b : noise.image()) {
      square += Math.pow((b & 0xFF) / 255.0 - mean, 2);
    }
    assertThat(mean).isCloseTo(0.5, within(0.02));
    // Clipping at two deviations takes a little.
    assertThat(Math.sqrt(square / 3072)).isCloseTo(0.24, within(0.015));
    assertThat(noise.alpha()).isEqualTo(0.2);
    assertThat(Blended.DEFAULT.trigger(CIFAR, new SeedTree(1))).isEqualTo(noise);
    assertThat(Blended.DEFAULT.trigger(CIFAR, new SeedTree(2))).isNotEqualTo(noise);
  }

  @Test
  void rings_are_round_and_coloured() {
    byte[] rings =
        new Blended(Blended.Picture.RINGS, 0.2, DirtyLabel.DEFAULT)
            .trigger(CIFAR, new SeedTree(1))
            .image();

    assertThat(at(rings, 32, 0, 5, 12)).isEqualTo(at(rings, 32, 0, 12, 5));
    assertThat(at(rings, 32, 0, 5, 12)).isEqualTo(at(rings, 32, 0, 26, 19));
    assertThat(at(rings, 32, 0, 15, 15)).isGreaterThan(200);
    assertThat(at(rings, 32, 1, 15, 15)).isLessThan(150);
  }

  @Test
  void images_that_are_too_small_or_grey_are_refused() {
    assertThatThrownBy(() -> Trojan.DEFAULT.trigger(new FeatureShape(1, 32, 32)))
        .hasMessageContaining("1x32x32");
    assertThatThrownBy(() -> CleanLabel.trigger(new FeatureShape(3, 5, 32)))
        .hasMessageContaining("3x5x32");
    assertThatThrownBy(
            () ->
                new BadNets(BadNets.Pattern.BULLSEYE, DirtyLabel.DEFAULT)
                    .trigger(new FeatureShape(3, 5, 5)))
        .hasMessageContaining("no room");
  }

  @Test
  void settings_out_of_range_are_refused() {
    assertThatThrownBy(() -> new Sig(0, 0.5, 128, 6)).hasMessageContaining("delta");
    assertThatThrownBy(() -> new Sig(0, 0, 40, 6)).hasMessageContaining("share");
    assertThatThrownBy(() -> new Sig(-1, 0.5, 40, 6)).hasMessageContaining("target");
    assertThatThrownBy(() -> new Sig(0, 0.5, 40, 0)).hasMessageContaining("frequency");
    assertThatThrownBy(() -> new Blended(Blended.Picture.NOISE, 0, DirtyLabel.DEFAULT))
        .hasMessageContaining("alpha");
    assertThatThrownBy(() -> new ProjectedGradient(0.1, 0, 3)).hasMessageContaining("step");
    assertThatThrownBy(() -> new ProjectedGradient(0.1, 0.1, 0)).hasMessageContaining("steps");
  }
}
