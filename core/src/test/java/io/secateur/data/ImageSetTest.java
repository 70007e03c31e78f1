package io.secateur.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.secateur.nn.FeatureShape;
import java.util.List;
import org.junit.jupiter.api.Test;

class ImageSetTest {
  private static final FeatureShape SHAPE = new FeatureShape(3, 1, 2);
  private final byte[] pixels = {0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15, -1, -2, -3, -4, -5, -6};
  private final int[] labels = {1, 0, 1};
  private final ImageSet images =
      ImageSet.of("three", SHAPE, List.of("a", "b", "c"), labels, pixels);

  @Test
  void values_are_bytes_over_255_in_the_asked_order() {
    float[] values = images.floats(new int[] {2, 0});

    assertThat(values).hasSize(12).startsWith(1f, 254 / 255f).endsWith(4 / 255f, 5 / 255f);
  }

  @Test
  void selecting_keeps_order_labels_and_classes() {
    ImageSet two = images.select(new int[] {2, 1});

    assertThat(two.labels()).containsExactly(1, 0);
    assertThat(two.pixels(1)).containsExactly(10, 11, 12, 13, 14, 15);
    assertThat(two.classes()).isEqualTo(3);
    assertThat(two.size()).isEqualTo(2);
  }

  @Test
  void indices_by_class() {
    assertThat(images.without(1)).containsExactly(1);
    assertThat(images.only(1)).containsExactly(0, 2);
    assertThat(images.only(2)).isEmpty();
    assertThat(images.counts()).containsExactly(1, 2, 0);
    assertThat(images.labels(new int[] {1, 1, 0})).containsExactly(0, 0, 1);
  }

  @Test
  void the_set_keeps_its_own_copies() {
    String before = images.sha256();
    pixels[0] = 99;
    labels[0] = 0;
    images.pixels(0)[0] = 98;
    images.labels()[0] = 0;

    assertThat(images.label(0)).isEqualTo(1);
    assertThat(images.select(images.indices()).sha256()).isEqualTo(before);
  }

  @Test
  void two_sets_of_one_kind_become_one() {
    ImageSet both = images.and(images.select(new int[] {0}), "both");

    assertThat(both.name()).isEqualTo("both");
    assertThat(both.size()).isEqualTo(images.size() + 1);
    assertThat(both.label(images.size())).isEqualTo(images.label(0));
    assertThat(both.pixels(images.size())).isEqualTo(images.pixels(0));
    assertThat(both.select(images.indices()).sha256()).isEqualTo(images.sha256());
    ImageSet other = ImageSet.of("other", images.shape(), List.of("a"), new int[0], new byte[0]);
    assertThatIllegalArgumentException().isThrownBy(() -> images.and(other, "both"));
  }

  @Test
  void the_hash_covers_pixels_labels_and_class_names_but_not_the_name() {
    String hash = images.sha256();

    // python3: sha256(struct.pack('>5i', 3,3,1,2,3) + b'a\0b\0c\0' + struct.pack('>3i', 1,0,1) +
    // pixels)
    assertThat(hash).isEqualTo("71872ddeb1bb64822a04249c285188d18b9262b7da833b96147d182cf692be62");
    assertThat(images.named("other").sha256()).isEqualTo(hash);
    assertThat(ImageSet.of("three", SHAPE, List.of("a", "b", "d"), labels, pixels).sha256())
        .isNotEqualTo(hash);
    assertThat(
            ImageSet.of("three", SHAPE, List.of("a", "b", "c"), new int[] {1, 0, 2}, pixels)
                .sha256())
        .isNotEqualTo(hash);
    pixels[17]++;
    assertThat(ImageSet.of("three", SHAPE, List.of("a", "b", "c"), labels, pixels).sha256())
        .isNotEqualTo(hash);
  }

  @Test
  void sizes_and_labels_that_do_not_fit_are_refused() {
    assertThatThrownBy(() -> ImageSet.of("x", SHAPE, List.of("a", "b"), new int[] {0}, pixels))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("18 bytes are not 1 images of 3x1x2");
    assertThatThrownBy(() -> ImageSet.of("x", SHAPE, List.of("a"), labels, pixels))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("label 1 with 1 classes");
  }
}
