package io.secateur.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.secateur.data.ImageSet;
import io.secateur.nn.FeatureShape;
import java.util.List;
import org.junit.jupiter.api.Test;

class TargetTest {
  private static final ImageSet IMAGES =
      ImageSet.of(
          "five",
          new FeatureShape(1, 1, 1),
          List.of("a", "b", "c"),
          new int[] {0, 1, 2, 1, 0},
          new byte[5]);

  @Test
  void one_target_spares_its_own_class() {
    Target target = new Target.One(1);

    assertThat(target.of(0, 3)).isEqualTo(1);
    assertThat(target.of(1, 3)).isEqualTo(1);
    assertThat(target.victims(IMAGES)).containsExactly(0, 2, 4);
    assertThat(target.fits(2)).isTrue();
    assertThat(target.fits(1)).isFalse();
  }

  @Test
  void the_next_label_of_the_last_is_the_first_and_every_image_counts() {
    Target target = new Target.Next();

    assertThat(target.of(0, 3)).isEqualTo(1);
    assertThat(target.of(2, 3)).isZero();
    assertThat(target.victims(IMAGES)).containsExactly(0, 1, 2, 3, 4);
    assertThat(target.fits(1)).isFalse();
  }

  @Test
  void a_negative_label_is_refused() {
    assertThatThrownBy(() -> new Target.One(-1)).hasMessage("target -1 is no label");
  }
}
