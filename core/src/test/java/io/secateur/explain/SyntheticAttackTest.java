package io.secateur.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.agent.PlantedChannel;
import io.secateur.data.ImageSet;
import io.secateur.nn.Network;
import io.secateur.trigger.Trigger;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SyntheticAttackTest {

  @Test
  void probes_are_spread_over_triggers_and_none_has_its_label_already() {
    Network network = PlantedChannel.infected();
    ImageSet images = PlantedChannel.images(4, 2);
    Trigger white = PlantedChannel.trigger();
    SyntheticAttack first = new SyntheticAttack(PlantedChannel.TARGET, List.of(white, white));
    SyntheticAttack second = new SyntheticAttack(0, List.of(white));

    ProbeImages probes = ProbeImages.of(network, images, List.of(first, second), 12);

    assertThat(probes.labels()).isEqualTo(images.labels(Arrays.copyOf(images.indices(), 12)));
    assertThat(probes.targets()).hasSize(12).startsWith(4, 4, 4, 4, 4, 4, 4, 4).endsWith(0, 0, 0);
    for (int i = 0; i < 12; i++) {
      assertThat(probes.owners()[i]).isNotEqualTo(probes.targets()[i]);
    }
    int plane = 64;
    // the white corner of every triggered image, and nothing else
    assertThat(probes.triggered()[plane - 1]).isEqualTo(1);
    assertThat(probes.triggered()[0]).isEqualTo(images.floats(new int[] {0})[0]);
    assertThat(probes.all()).hasSize(24 * 3 * plane);

    assertThat(ProbeImages.of(network, images, List.of(), 100).targets()).isEmpty();
    assertThat(ProbeImages.of(network, images, List.of(), 100).labels()).hasSize(24);
  }
}
