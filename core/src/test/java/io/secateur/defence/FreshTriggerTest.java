package io.secateur.defence;

import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.agent.PlantedChannel;
import org.junit.jupiter.api.Test;

class FreshTriggerTest {
  @Test
  void stands_out_above_what_other_labels_reach() {
    assertThat(patch(0.09).standsOut()).isFalse();
    assertThat(patch(0.31).standsOut()).isTrue();
  }

  @Test
  void what_forces_hardly_any_image_does_not_stand_out() {
    FreshTrigger few =
        new FreshTrigger(PlantedChannel.TARGET, 4, PlantedChannel.trigger(), 0.04, 0.01);

    assertThat(few.standsOut()).isFalse();
  }

  @Test
  void works_above_a_share_of_what_other_labels_reach_but_never_on_hardly_any_image() {
    assertThat(patch(0.09).works(0.25)).isTrue();
    assertThat(patch(0.09).works(0.5)).isFalse();
    assertThat(patch(0.04).works(0.1)).isFalse();
  }

  private static FreshTrigger patch(double success) {
    return new FreshTrigger(PlantedChannel.TARGET, 4, PlantedChannel.trigger(), success, 0.3);
  }
}
