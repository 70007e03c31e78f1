package io.secateur.defence;

import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.agent.PlantedChannel;
import org.junit.jupiter.api.Test;

class FreshPatchTest {
  @Test
  void stands_out_above_what_other_labels_reach() {
    assertThat(patch(0.09).standsOut()).isFalse();
    assertThat(patch(0.31).standsOut()).isTrue();
  }

  private static FreshPatch patch(double success) {
    return new FreshPatch(PlantedChannel.TARGET, 4, PlantedChannel.trigger(), success, 0.3);
  }
}
