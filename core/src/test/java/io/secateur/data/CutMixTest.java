package io.secateur.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.secateur.nn.FeatureShape;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CutMixTest {
  private static final int SIDE = 32;
  private static final int SQUARE = 10;

  /** Every pixel of image i is i + 1. */
  private static ImageSet flat(int count) {
    FeatureShape shape = new FeatureShape(3, SIDE, SIDE);
    byte[] pixels = new byte[count * shape.size()];
    int[] labels = new int[count];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i / shape.size() + 1);
    }
    for (int i = 0; i < count; i++) {
      labels[i] = i % 2;
    }
    return ImageSet.of("flat", shape, List.of("even", "odd"), labels, pixels);
  }

  @Test
  void a_copy_is_its_image_but_for_a_square_of_another() {
    ImageSet images = flat(7);

    ImageSet mixed = CutMix.copies(images, 3, 5);

    assertThat(mixed.size()).isEqualTo(21);
    Set<Integer> others = new HashSet<>();
    Set<Integer> places = new HashSet<>();
    for (int copy = 0; copy < mixed.size(); copy++) {
      int own = copy / 3 + 1;
      assertThat(mixed.label(copy)).isEqualTo(images.label(copy / 3));
      byte[] pixels = mixed.pixels(copy);
      int first = -1;
      int covered = 0;
      for (int i = 0; i < SIDE * SIDE; i++) {
        assertThat(pixels[i + SIDE * SIDE]).isEqualTo(pixels[i]);
        assertThat(pixels[i + 2 * SIDE * SIDE]).isEqualTo(pixels[i]);
        if (pixels[i] == own) {
          continue;
        }
        first = first < 0 ? i : first;
        others.add((int) pixels[i]);
        covered++;
        assertThat(pixels[i]).isEqualTo(pixels[first]);
        assertThat(i / SIDE - first / SIDE).isBetween(0, SQUARE - 1);
        assertThat(i % SIDE - first % SIDE).isBetween(0, SQUARE - 1);
      }
      assertThat(covered).isEqualTo(SQUARE * SQUARE);
      places.add(first);
    }
    assertThat(others).hasSizeGreaterThan(3);
    assertThat(places).hasSizeGreaterThan(10);
  }

  @Test
  void a_seed_gives_the_same_copies_and_another_seed_others() {
    ImageSet images = flat(5);
    String once = CutMix.copies(images, 2, 1).sha256();
    assertThat(CutMix.copies(images, 2, 1).sha256()).isEqualTo(once);
    assertThat(CutMix.copies(images, 2, 2).sha256()).isNotEqualTo(once);
  }

  @Test
  void images_too_small_or_too_narrow_for_the_square_get_what_fits() {
    ImageSet dots =
        ImageSet.of("dots", new FeatureShape(1, 1, 1), List.of("a"), new int[2], new byte[] {1, 2});
    assertThat(CutMix.copies(dots, 8, 1).pixels(0)).containsExactly(2);
    byte[] ramp = new byte[200];
    for (int i = 0; i < ramp.length; i++) {
      ramp[i] = (byte) (i / 100);
    }
    ImageSet strips =
        ImageSet.of("strips", new FeatureShape(1, 2, 50), List.of("a"), new int[2], ramp);
    int covered = 0;
    for (byte pixel : CutMix.copies(strips, 1, 1).pixels(0)) {
      covered += pixel;
    }
    assertThat(covered).isEqualTo(4);
  }

  @Test
  void a_single_image_stays_as_it_is() {
    ImageSet one = flat(1);
    assertThat(CutMix.copies(one, 1, 1).pixels(0)).isEqualTo(one.pixels(0));
  }

  @Test
  void nothing_to_copy_is_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CutMix.copies(flat(2), 0, 1))
        .withMessageContaining("at least one copy");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CutMix.copies(flat(2).select(new int[0]), 1, 1));
  }
}
