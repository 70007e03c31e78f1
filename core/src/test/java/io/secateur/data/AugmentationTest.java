package io.secateur.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.secateur.nn.FeatureShape;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AugmentationTest {
  private static final FeatureShape SHAPE = new FeatureShape(2, 5, 4);

  @Test
  void every_image_is_one_of_the_shifted_and_mirrored_images() {
    float[] batch = counting(300);

    float[] augmented = new Augmentation(2, true).apply(batch, SHAPE, new SplittableRandom(1));

    Set<String> seen = new HashSet<>();
    for (int n = 0; n < 300; n++) {
      seen.add(match(batch, augmented, n));
    }
    assertThat(seen).doesNotContain("none").hasSize(50);
  }

  @Test
  void nothing_changes_without_settings_but_a_copy_is_made() {
    float[] batch = counting(3);

    float[] same = Augmentation.NONE.apply(batch, SHAPE, new SplittableRandom(1));

    assertThat(same).isEqualTo(batch).isNotSameAs(batch);
  }

  @Test
  void the_generator_decides() {
    float[] batch = counting(20);
    float[] first = Augmentation.CROP_AND_FLIP.apply(batch, SHAPE, new SplittableRandom(1));

    assertThat(Augmentation.CROP_AND_FLIP.apply(batch, SHAPE, new SplittableRandom(1)))
        .isEqualTo(first);
    assertThat(Augmentation.CROP_AND_FLIP.apply(batch, SHAPE, new SplittableRandom(2)))
        .isNotEqualTo(first);
  }

  @Test
  void a_border_wider_than_the_image_may_leave_black() {
    float[] augmented =
        new Augmentation(9, false).apply(counting(50), SHAPE, new SplittableRandom(1));

    assertThat(augmented).contains(0f);
  }

  @Test
  void nonsense_is_refused() {
    assertThatThrownBy(() -> new Augmentation(-1, false)).hasMessageContaining("got -1");
    assertThatThrownBy(() -> Augmentation.NONE.turning(181, 1)).hasMessageContaining("degrees");
    assertThatThrownBy(() -> Augmentation.NONE.turning(5, 0)).hasMessageContaining("turnShare");
    assertThatThrownBy(() -> Augmentation.NONE.cropping(1.1)).hasMessageContaining("cropShare");
    assertThatThrownBy(() -> Augmentation.NONE.apply(new float[41], SHAPE, new SplittableRandom(1)))
        .hasMessageContaining("41 values");
  }

  /** By their numbers as they were before turning was known: settings without it draw the same. */
  @Test
  void withoutTurningTheDrawsAreRowColumnFlip() {
    float[] batch = counting(40);
    SplittableRandom random = new SplittableRandom(3);
    float[] expected = new float[batch.length];
    for (int n = 0; n < 40; n++) {
      int down = random.nextInt(5) - 2;
      int right = random.nextInt(5) - 2;
      boolean mirror = random.nextBoolean();
      for (int at = 0; at < SHAPE.size(); at++) {
        int y = at / 4 % 5 + down;
        int x = (mirror ? 3 - at % 4 : at % 4) + right;
        if (y >= 0 && y < 5 && x >= 0 && x < 4) {
          expected[n * 40 + at] = batch[n * 40 + at / 20 * 20 + y * 4 + x];
        }
      }
    }

    assertThat(new Augmentation(2, true).apply(batch, SHAPE, new SplittableRandom(3)))
        .isEqualTo(expected);
  }

  @Test
  void everyTurnIsTheImageSampledAlongATurnedGrid() {
    FeatureShape shape = new FeatureShape(2, 7, 6);
    float[] image = new float[shape.size()];
    for (int i = 0; i < image.length; i++) {
      image[i] = (i * 37 % 100) / 100f;
    }
    Augmentation turns = Augmentation.NONE.turning(90, 1);
    for (int seed = 0; seed < 20; seed++) {
      SplittableRandom draws = new SplittableRandom(seed);
      draws.nextInt(1);
      draws.nextInt(1);
      draws.nextBoolean();
      double angle = Math.toRadians(draws.nextDouble(-90, 90));

      float[] turned = turns.apply(image, shape, new SplittableRandom(seed));

      for (int at = 0; at < image.length; at++) {
        assertThat(turned[at]).isCloseTo((float) sampled(image, at, angle), within(1e-5f));
      }
    }
  }

  /** Every pixel of the image, weighed by the tent around the place that {@code at} comes from. */
  private static double sampled(float[] image, int at, double angle) {
    double dx = at % 6 - 2.5;
    double dy = at / 6 % 7 - 3;
    double x = 2.5 + Math.cos(angle) * dx - Math.sin(angle) * dy;
    double y = 3 + Math.sin(angle) * dx + Math.cos(angle) * dy;
    double sum = 0;
    for (int p = 0; p < 42; p++) {
      double weight = Math.max(0, 1 - Math.abs(x - p % 6)) * Math.max(0, 1 - Math.abs(y - p / 6));
      sum += weight * image[at / 42 * 42 + p];
    }
    return sum;
  }

  @Test
  void aQuarterTurnMovesTheRightEdgeToTheTop() {
    FeatureShape square = new FeatureShape(1, 3, 3);
    float[] image = {0, 0, 1, 0, 0, 2, 0, 0, 3};
    // Of many turns by nearly 90 degrees either way, keep the anticlockwise ones.
    boolean seen = false;
    for (int seed = 0; seed < 2000 && !seen; seed++) {
      float[] turned =
          Augmentation.NONE.turning(90, 1).apply(image, square, new SplittableRandom(seed));
      seen =
          Math.abs(turned[0] - 1) < 0.05
              && Math.abs(turned[1] - 2) < 0.05
              && Math.abs(turned[2] - 3) < 0.15;
    }
    assertThat(seen).isTrue();
  }

  @Test
  void sharesAreKept() {
    float[] batch = new float[4000 * SHAPE.size()];
    Arrays.fill(batch, 1);

    float[] cropped =
        new Augmentation(1, false).cropping(0.3).apply(batch, SHAPE, new SplittableRandom(5));
    float[] turned =
        Augmentation.NONE.turning(30, 0.5).apply(batch, SHAPE, new SplittableRandom(5));

    // A crop by (0, 0), one in nine, shows no black.
    assertThat(blackened(cropped)).isBetween(4000 * 0.24, 4000 * 0.30);
    assertThat(blackened(turned)).isBetween(4000 * 0.46, 4000 * 0.54);
  }

  private static double blackened(float[] images) {
    int count = 0;
    for (int n = 0; n < images.length; n += SHAPE.size()) {
      boolean black = false;
      for (int i = n; i < n + SHAPE.size(); i++) {
        black |= images[i] < 0.999f;
      }
      count += black ? 1 : 0;
    }
    return count;
  }

  private static float[] counting(int images) {
    float[] values = new float[images * SHAPE.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = i + 1;
    }
    return values;
  }

  /** Which shift and flip image {@code n} has undergone, found by trying all, pixel by pixel. */
  private static String match(float[] in, float[] out, int n) {
    for (int dy = -2; dy <= 2; dy++) {
      for (int dx = -2; dx <= 2; dx++) {
        for (int flip = 0; flip < 2; flip++) {
          boolean same = true;
          for (int at = 0; at < SHAPE.size(); at++) {
            int c = at / 20;
            int y = at / 4 % 5 + dy;
            int x = (flip == 1 ? 3 - at % 4 : at % 4) + dx;
            boolean inside = y >= 0 && y < 5 && x >= 0 && x < 4;
            float wanted = inside ? in[n * 40 + c * 20 + y * 4 + x] : 0;
            same &= out[n * 40 + at] == wanted;
          }
          if (same) {
            return dy + " " + dx + " " + flip;
          }
        }
      }
    }
    return "none";
  }
}
