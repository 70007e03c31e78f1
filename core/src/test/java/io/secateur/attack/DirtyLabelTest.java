package io.secateur.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.secateur.data.ImageSet;
import io.secateur.data.Shapes;
import io.secateur.data.Split;
import io.secateur.metric.Add;
import io.secateur.metric.Target;
import io.secateur.nn.FeatureShape;
import io.secateur.run.RunContext;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DirtyLabelTest {
  private static final ImageSet CLEAN = new Shapes(3).images(Split.TRAIN, 400);
  private static final Add WHITE = white();

  private static Add white() {
    byte[] image = new byte[CLEAN.shape().size()];
    Arrays.fill(image, (byte) 255);
    return new Add(CLEAN.shape(), image);
  }

  /** Labels before of what became white, as a set, after checking what they became. */
  private static Set<Integer> poisoned(DirtyLabel labels, int expected) {
    Poisoning poisoning = labels.poison("white", WHITE, CLEAN, RunContext.quiet(2));
    Set<Integer> before = new HashSet<>();
    int count = 0;
    int[] after = poisoning.training().load(CLEAN.indices(), new SplittableRandom(1)).labels();
    for (int i = 0; i < CLEAN.size(); i++) {
      float[] image = poisoning.training().load(new int[] {i}, new SplittableRandom(1)).images();
      if (image[0] == 1 && image[1500] == 1 && image[3071] == 1) {
        count++;
        before.add(CLEAN.label(i));
        assertThat(after[i]).isEqualTo(labels.target().of(CLEAN.label(i), 10));
      } else {
        assertThat(after[i]).isEqualTo(CLEAN.label(i));
      }
    }
    assertThat(count).isEqualTo(expected).isEqualTo(poisoning.poisoned().applyAsInt(7));
    return before;
  }

  @Test
  void any_class_may_be_drawn() {
    assertThat(poisoned(new DirtyLabel(3, 0.5), 200)).hasSize(10);
  }

  @Test
  void or_the_target_class_is_spared() {
    assertThat(poisoned(new DirtyLabel(new Target.One(3), 0.5, false), 180))
        .hasSize(9)
        .doesNotContain(3);
  }

  @Test
  void all_to_all_moves_every_class_one_further() {
    assertThat(poisoned(new DirtyLabel(new Target.Next(), 0.25, false), 100)).hasSize(10);
  }

  @Test
  void at_least_one_image_is_poisoned() {
    assertThat(poisoned(new DirtyLabel(1, 1e-6), 1)).hasSize(1);
  }

  @Test
  void what_does_not_fit_is_refused() {
    assertThatThrownBy(() -> new DirtyLabel(1, 1.5)).hasMessageContaining("rate");
    assertThatThrownBy(() -> new DirtyLabel(10, 0.1).poison("x", WHITE, CLEAN, RunContext.quiet(1)))
        .hasMessageContaining("target is label 10");
    Add small = new Add(new FeatureShape(3, 8, 8), new byte[192]);
    assertThatThrownBy(() -> new DirtyLabel(1, 0.1).poison("x", small, CLEAN, RunContext.quiet(1)))
        .hasMessageContaining("3x8x8");
  }
}
