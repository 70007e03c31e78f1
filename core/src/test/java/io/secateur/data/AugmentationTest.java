package io.secateur.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.secateur.nn.FeatureShape;
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
    assertThatThrownBy(() -> Augmentation.NONE.apply(new float[41], SHAPE, new SplittableRandom(1)))
        .hasMessageContaining("41 values");
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
