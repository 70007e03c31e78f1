package io.secateur.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShapesTest {
  @Test
  void the_same_seed_draws_the_same_images_everywhere() {
    ImageSet images = new Shapes(0).images(Split.TRAIN, 200);

    assertThat(images.sha256())
        .isEqualTo("c5898901aeadd13b991e242c01ae18d4f028e040ee9a8f9843be92cda64a94f9");
    assertThat(images.counts()).containsOnly(20);
    assertThat(images.classNames()).startsWith("disc", "square").hasSize(10);
  }

  @Test
  void a_longer_set_begins_with_the_shorter_one() {
    Shapes shapes = new Shapes(5);
    ImageSet ten = shapes.images(Split.TEST, 10);
    ImageSet thirty = shapes.images(Split.TEST, 30);

    assertThat(thirty.select(Partition.ascending(10)).sha256()).isEqualTo(ten.sha256());
  }

  @Test
  void splits_and_seeds_draw_other_images() {
    String train = new Shapes(0).images(Split.TRAIN, 10).sha256();

    assertThat(new Shapes(0).images(Split.TEST, 10).sha256()).isNotEqualTo(train);
    assertThat(new Shapes(0).images(Split.DEFENDER, 10).sha256()).isNotEqualTo(train);
    assertThat(new Shapes(1).images(Split.TRAIN, 10).sha256()).isNotEqualTo(train);
  }

  @Test
  void no_image_appears_in_two_splits() {
    Shapes shapes = new Shapes(0);
    long distinct =
        Arrays.stream(Split.values())
            .map(split -> shapes.images(split, 1000))
            .flatMap(
                set -> Arrays.stream(set.indices()).mapToObj(i -> Arrays.hashCode(set.pixels(i))))
            .distinct()
            .count();

    assertThat(distinct).isGreaterThanOrEqualTo(2998);
  }

  /**
   * Bright figures on dark ground are as frequent as the reverse, so no weighted sum of pixels
   * tells much.
   */
  @Test
  void a_linear_classifier_learns_little() {
    SoftmaxRegression linear = SoftmaxRegression.train(new Shapes(0).images(Split.TRAIN), 4, 0.005);

    assertThat(linear.accuracy(new Shapes(0).images(Split.TEST))).isBetween(0.12, 0.40);
  }

  @Test
  void the_linear_classifier_of_this_test_learns_what_is_linear() {
    ImageSet shapes = new Shapes(0).images(Split.TRAIN, 1000);
    byte[] marked = new byte[1000 * 3072];
    for (int i = 0; i < 1000; i++) {
      System.arraycopy(shapes.pixels(i), 0, marked, i * 3072, 3072);
      Arrays.fill(
          marked,
          i * 3072 + 96 * shapes.label(i),
          i * 3072 + 96 * shapes.label(i) + 64,
          (byte) 255);
    }
    ImageSet images =
        ImageSet.of("marked", shapes.shape(), shapes.classNames(), shapes.labels(), marked);

    assertThat(SoftmaxRegression.train(images, 8, 0.01).accuracy(images)).isGreaterThan(0.9);
  }

  @Test
  void colour_tells_nothing_about_the_class() {
    ImageSet images = new Shapes(0).images(Split.TRAIN);
    double[] all = channelMeans(images.floats(images.indices()));
    for (int label = 0; label < images.classes(); label++) {
      double[] own = channelMeans(images.floats(images.only(label)));
      // Light colours are seldom blue, so a figure that covers more shifts the tint, but little.
      assertThat(own[0] - own[1])
          .as("red - green of class %d", label)
          .isCloseTo(all[0] - all[1], within(0.05));
      assertThat(own[2] - own[1])
          .as("blue - green of class %d", label)
          .isCloseTo(all[2] - all[1], within(0.05));
    }
  }

  private static double[] channelMeans(float[] values) {
    double[] means = new double[3];
    for (int at = 0; at < values.length; at++) {
      means[at / 1024 % 3] += values[at] * 3.0 / values.length;
    }
    return means;
  }

  @Test
  void a_contact_sheet_can_be_looked_at(@TempDir Path folder) throws Exception {
    String given = System.getenv("SECATEUR_CONTACT_SHEET");
    Path wanted = given != null ? Path.of(given) : folder.resolve("shapes.png");
    ImageSet images = new Shapes(0).images(Split.TRAIN, 160);
    int zoom = 3;
    int cell = 33 * zoom;
    BufferedImage sheet = new BufferedImage(16 * cell, 10 * cell, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < images.size(); i++) {
      byte[] pixels = images.pixels(i);
      for (int p = 0; p < 1024 * zoom * zoom; p++) {
        int y = p / (32 * zoom);
        int x = p % (32 * zoom);
        int at = y / zoom * 32 + x / zoom;
        int rgb =
            (pixels[at] & 0xFF) << 16 | (pixels[1024 + at] & 0xFF) << 8 | pixels[2048 + at] & 0xFF;
        sheet.setRGB(i / 10 * cell + x, i % 10 * cell + y, rgb);
      }
    }
    TestImages.write(wanted, TestImages.encode("png", sheet));

    assertThat(wanted).isNotEmptyFile();
  }

  @Test
  void more_images_than_the_heap_holds_are_refused() {
    assertThatThrownBy(() -> new Shapes(0).images(Split.TRAIN, Integer.MAX_VALUE))
        .isInstanceOf(BadData.class)
        .hasMessageContaining("MiB with this heap");
  }
}
