package io.secateur.defence;

import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.agent.PlantedChannel;
import org.junit.jupiter.api.Test;

class FreshPatchTest {
  @Test
  void lingers_above_a_quarter_of_what_other_labels_reach_and_stands_out_above_all_of_it() {
    assertThat(patch(0.07).lingers()).isFalse();
    assertThat(patch(0.09).lingers()).isTrue();
    assertThat(patch(0.09).standsOut()).isFalse();
    assertThat(patch(0.31).standsOut()).isTrue();
  }

  private static FreshPatch patch(double success) {
    return new FreshPatch(PlantedChannel.TARGET, 4, PlantedChannel.trigger(), success, 0.3);
  }
}
