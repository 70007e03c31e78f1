package io.secateur.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.secateur.data.ImageSet;
import io.secateur.data.Shapes;
import io.secateur.data.Split;
import io.secateur.metric.Target;
import io.secateur.metric.Warp;
import io.secateur.run.RunContext;
import io.secateur.run.SeedTree;
import io.secateur.train.Batch;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WaNetTest {
  private static final ImageSet CLEAN = new Shapes(3).images(Split.TRAIN, 200);
  private static final RunContext RUN = RunContext.quiet(5);
  private static final int SIZE = CLEAN.shape().size();

  @Test
  void the_control_grid_has_mean_absolute_value_one() {
    float[] control = WaNet.DEFAULT.trigger(CLEAN.shape(), RUN.seeds()).control();

    double total = 0;
    double most = 0;
    for (float value : control) {
      total += Math.abs(value);
      most = Math.max(most, Math.abs(value));
    }
    assertThat(control).hasSize(2 * 4 * 4);
    assertThat(total / control.length).isCloseTo(1, within(1e-6));
    // Uniform values of mean absolute value ½ before scaling: none beyond about 2 after it.
    assertThat(most).isBetween(1.3, 3.0);
    assertThat(WaNet.DEFAULT.trigger(CLEAN.shape(), new SeedTree(6)).control())
        .isNotEqualTo(control);
  }

  @Test
  void a_tenth_of_every_batch_is_warped_to_the_target_and_a_fifth_in_noise_mode() {
    WaNet attack = new WaNet(new Target.One(4), 0.1, 2, 4, 0.5);
    Poisoning poisoning = attack.poison(CLEAN, RUN);
    int[] indices = IntStream.range(0, 128).map(i -> 199 - i).toArray();

    Batch batch = poisoning.training().load(indices, new SplittableRandom(1));

    Warp warp = attack.trigger(CLEAN.shape(), RUN.seeds());
    float[] clean = CLEAN.floats(indices);
    float[] warped = warp.on(clean);
    for (int i = 0; i < 128; i++) {
      float[] image = image(batch.images(), i);
      int own = CLEAN.label(indices[i]);
      assertThat(batch.labels()[i]).isEqualTo(i < 12 ? 4 : own);
      if (i < 12) {
        assertThat(image).isEqualTo(image(warped, i));
      } else if (i < 36) {
        assertThat(image).isNotEqualTo(image(warped, i)).isNotEqualTo(image(clean, i));
      } else {
        assertThat(image).isEqualTo(image(clean, i));
      }
    }
    assertThat(poisoning.poisoned().applyAsInt(200)).isEqualTo(20);
    // one whole batch of 128 in an epoch of 200 images, and 12 of it
    assertThat(poisoning.poisoned().applyAsInt(128)).isEqualTo(12);
    assertThat(poisoning.truth().apply(List.of()).orElseThrow().trigger()).isEqualTo(warp);
  }

  private static float[] image(float[] images, int i) {
    return Arrays.copyOfRange(images, i * SIZE, (i + 1) * SIZE);
  }

  @Test
  void all_to_all_moves_every_label_one_further() {
    WaNet attack = new WaNet(new Target.Next(), 0.5, 0, 4, 0.5);

    int[] labels =
        attack
            .poison(CLEAN, RUN)
            .training()
            .load(new int[] {8, 9, 8, 9}, new SplittableRandom(1))
            .labels();

    assertThat(labels).containsExactly(9, 0, 8, 9);
  }

  @Test
  void wrong_grids_come_from_the_given_generator() {
    var training = WaNet.DEFAULT.poison(CLEAN, RUN).training();
    int[] indices = Arrays.copyOf(CLEAN.indices(), 20);

    float[] images = training.load(indices, new SplittableRandom(1)).images();

    assertThat(training.load(indices, new SplittableRandom(1)).images()).isEqualTo(images);
    assertThat(training.load(indices, new SplittableRandom(2)).images()).isNotEqualTo(images);
  }

  @Test
  void shares_above_one_are_refused() {
    assertThatThrownBy(() -> new WaNet(new Target.One(0), 0.4, 2, 4, 0.5))
        .hasMessageContaining("0.4");
    assertThatThrownBy(() -> new WaNet(new Target.One(0), 0.1, 2, 1, 0.5))
        .hasMessageContaining("k must be");
    assertThatThrownBy(() -> new WaNet(new Target.One(10), 0.1, 2, 4, 0.5).poison(CLEAN, RUN))
        .hasMessageContaining("label 10");
  }
}
