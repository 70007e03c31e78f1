package io.secateur.trigger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.secateur.agent.PlantedChannel;
import io.secateur.data.ImageSet;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.metric.Warp;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Network;
import io.secateur.prune.PrunedChannel;
import io.secateur.prune.PruningPlan;
import io.secateur.prune.Surgery;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class TriggerTest {
  private final Trigger.Patch patch =
      new Trigger.Patch(
          new float[] {0, 1, 0.25f, 0}, new float[] {1, 1, 1, 1, 0, 0.5f, 0, 0}, 2, 2);
  private final Trigger.Additive additive =
      new Trigger.Additive(new float[] {0.3f, -0.4f, 0, 0}, 2, 2);

  @Test
  void a_patch_blends_its_pattern_in_through_one_mask_for_all_channels() {
    float[] x = {0.2f, 0.2f, 0.2f, 0.2f, 0.4f, 0.4f, 0.4f, 0.4f};

    float[] triggered = Scope.value(() -> patch.apply(Tensor.of(x, 1, 2, 2, 2)).toFloats());

    assertThat(triggered)
        .containsExactly(new float[] {0.2f, 1, 0.4f, 0.2f, 0.4f, 0.5f, 0.3f, 0.4f}, within(1e-6f));
    assertThat(patch.norm()).isEqualTo(1.25);
  }

  @Test
  void an_addition_is_clipped_to_the_range_of_images() {
    float[] x = {0.9f, 0.1f, 0.5f, 0};

    float[] triggered = Scope.value(() -> additive.apply(Tensor.of(x, 1, 1, 2, 2)).toFloats());

    assertThat(triggered).containsExactly(new float[] {1, 0, 0.5f, 0}, within(1e-6f));
    assertThat(additive.norm()).isCloseTo(0.5, within(1e-6));
  }

  @Test
  void arrays_are_copied_on_the_way_in_and_out() {
    float[] mask = {0, 1, 0, 0};
    Trigger.Patch copied = new Trigger.Patch(mask, new float[4], 2, 2);
    mask[0] = 1;
    copied.mask()[2] = 1;

    assertThat(copied.norm()).isEqualTo(1);
  }

  @Test
  void sizes_and_ranges_are_checked() {
    assertThatThrownBy(() -> new Trigger.Patch(new float[3], new float[4], 2, 2))
        .hasMessageContaining("2 x 2");
    assertThatThrownBy(() -> new Trigger.Patch(new float[] {0, 0, 0, 1.5f}, new float[4], 2, 2))
        .hasMessageContaining("mask must be within [0.0, 1.0], got 1.5");
    assertThatThrownBy(() -> new Trigger.Additive(new float[] {Float.NaN}, 1, 1))
        .hasMessageContaining("NaN");
    assertThatThrownBy(() -> new Trigger.Warp(new float[7], 2, 2))
        .hasMessageContaining("7 values are no control grid");
    assertThatThrownBy(() -> new Trigger.Warp(new float[2], 2, 2))
        .hasMessageContaining("2 values are no control grid");
    assertThatThrownBy(() -> new Trigger.Shift(Map.of(), 2, 2))
        .hasMessageContaining("a shift of no channels");
    assertThatThrownBy(
            () -> new Trigger.Shift(Map.of("bn", new float[] {Float.POSITIVE_INFINITY}), 2, 2))
        .hasMessageContaining("bn must be within");
  }

  @Test
  void a_warp_takes_pixels_from_beside_their_place_and_repeats_the_border() {
    float[] x = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    Trigger.Warp fromTheRight = new Trigger.Warp(new float[] {1, 1, 1, 1, 0, 0, 0, 0}, 3, 3);

    float[] triggered = Scope.value(() -> fromTheRight.apply(Tensor.of(x, 1, 1, 3, 3)).toFloats());

    assertThat(triggered).containsExactly(new float[] {2, 3, 3, 5, 6, 6, 8, 9, 9}, within(1e-5f));
    assertThat(fromTheRight.norm()).isCloseTo(1, within(1e-6));
    assertThat(fromTheRight.field())
        .startsWith(new float[] {1, 1, 1})
        .endsWith(new float[9])
        .hasSize(18);
  }

  @Test
  void a_warp_is_that_of_the_attack_that_warps() {
    FeatureShape shape = new FeatureShape(3, 8, 8);
    SplittableRandom random = new SplittableRandom(3);
    float[] control = new float[2 * 4 * 4];
    float[] pixels = new float[control.length];
    for (int i = 0; i < control.length; i++) {
      control[i] = (float) random.nextDouble(-1, 1);
      pixels[i] = control[i] * 0.9f / 8 * 7 / 2;
    }
    float[] images = new float[2 * shape.size()];
    for (int i = 0; i < images.length; i++) {
      images[i] = (float) random.nextDouble();
    }

    float[] ours =
        Scope.value(
            () -> new Trigger.Warp(pixels, 8, 8).apply(Tensor.of(images, 2, 3, 8, 8)).toFloats());

    assertThat(ours).containsExactly(new Warp(shape, 4, control, 0.9f).on(images), within(1e-5f));
  }

  @Test
  void a_shift_raises_channels_by_their_scale_and_leaves_images_and_pruned_channels_alone() {
    Network network = PlantedChannel.infected();
    float[] raise = new float[13];
    raise[PlantedChannel.CHANNEL] = 3;
    Trigger.Shift shift = new Trigger.Shift(Map.of(PlantedChannel.LAYER, raise), 8, 8);
    ImageSet images = PlantedChannel.images(2, 1);
    Network pruned =
        Surgery.apply(
            network,
            new PruningPlan(
                List.of(
                    new PrunedChannel(
                        PlantedChannel.LAYER, PlantedChannel.CHANNEL, 1, "planted"))));

    assertThat(Success.of(network, images, PlantedChannel.TARGET, shift).rate()).isEqualTo(1);
    assertThat(Success.of(pruned, images, PlantedChannel.TARGET, shift).rate()).isZero();
    assertThat(shift.norm()).isCloseTo(Math.sqrt(9.0 / 13), within(1e-9));
    assertThat(shift.visible()).isFalse();
    assertThat(patch.visible()).isTrue();
    Scope.run(
        () -> {
          Tensor x = Tensor.of(images.floats(new int[] {0}), 1, 3, 8, 8);
          assertThat(shift.apply(x)).isSameAs(x);
          assertThat(shift.additions(pruned).values().iterator().next().toFloats()).containsOnly(0);
        });
    shift.raises().values().forEach(values -> values[0] = 9);
    assertThat(shift.raises().get(PlantedChannel.LAYER)).containsExactly(raise);
  }

  @Test
  void all_kinds_survive_json() {
    JsonMapper json = new JsonMapper();
    Trigger.Warp warp = new Trigger.Warp(new float[] {1, 0, -2, 0.5f, 0, 0, 0, 3}, 4, 6);
    Trigger.Shift shift =
        new Trigger.Shift(Map.of("b", new float[] {1, -2}, "a", new float[] {0.5f}), 4, 6);
    for (Trigger trigger : new Trigger[] {patch, additive, warp, shift}) {
      assertThat(json.readValue(json.writeValueAsString(trigger), Trigger.class))
          .isEqualTo(trigger);
    }
    assertThat(json.writeValueAsString(patch)).contains("\"kind\":\"patch\"");
  }
}
