package io.secateur.defence;

import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.agent.PlantedChannel;
import io.secateur.trigger.Trigger;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FreshTriggerTest {
  @Test
  void stands_out_above_what_other_labels_reach() {
    assertThat(patch(0.09).standsOut()).isFalse();
    assertThat(patch(0.41).standsOut()).isTrue();
  }

  @Test
  void what_lies_within_the_chance_of_the_draw_does_not_stand_out() {
    assertThat(patch(0.38).standsOut()).isFalse();
    assertThat(patch(0.38).works(1)).isFalse();
    assertThat(patch(0.38).works(0.37)).isTrue();
  }

  @Test
  void a_shift_works_only_if_its_label_stands_out() {
    Trigger shift = new Trigger.Shift(Map.of("norm", new float[13]), 8, 8);

    assertThat(new FreshTrigger(4, 1, shift, 400, 0.38, 0.3).works(0.3)).isFalse();
    assertThat(new FreshTrigger(4, 1, shift, 400, 0.41, 0.3).works(0.3)).isTrue();
  }

  @Test
  void what_forces_hardly_any_image_does_not_stand_out() {
    FreshTrigger few =
        new FreshTrigger(PlantedChannel.TARGET, 4, PlantedChannel.trigger(), 400, 0.08, 0.01);

    assertThat(few.standsOut()).isFalse();
  }

  @Test
  void works_above_a_share_of_the_images() {
    assertThat(patch(0.31).works(0.3)).isTrue();
    assertThat(patch(0.29).works(0.3)).isFalse();
  }

  private static FreshTrigger patch(double success) {
    return new FreshTrigger(PlantedChannel.TARGET, 4, PlantedChannel.trigger(), 400, success, 0.3);
  }
}
