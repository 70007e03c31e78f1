package io.secateur.trigger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
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
  }

  @Test
  void both_kinds_survive_json() {
    JsonMapper json = new JsonMapper();
    for (Trigger trigger : new Trigger[] {patch, additive}) {
      assertThat(json.readValue(json.writeValueAsString(trigger), Trigger.class))
          .isEqualTo(trigger);
    }
    assertThat(json.writeValueAsString(patch)).contains("\"kind\":\"patch\"");
  }
}
