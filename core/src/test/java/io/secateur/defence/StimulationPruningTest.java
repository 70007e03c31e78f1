package io.secateur.defence;

import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.agent.PlantedChannel;
import io.secateur.engine.OneThread;
import io.secateur.nn.Network;
import io.secateur.prune.PrunedChannel;
import io.secateur.run.RunContext;
import io.secateur.trigger.ChannelStimulation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(OneThread.class)
class StimulationPruningTest {
  private final Network suspect = PlantedChannel.infected();

  private Treatment.Treated treated(int voices) {
    return new StimulationPruning(new ChannelStimulation.Settings(60, 6, voices, 0.9))
        .treat(suspect, PlantedChannel.sample(), RunContext.quiet(1));
  }

  @Test
  void the_planted_channel_alone_is_pruned_and_its_trigger_dies() {
    Treatment.Treated treated = treated(1);

    assertThat(treated.plan().channels())
        .containsExactly(
            new PrunedChannel(
                PlantedChannel.LAYER,
                PlantedChannel.CHANNEL,
                1,
                "raised by itself, it forces label 4 on 100 % of the images of others"));
    Scripted trigger = Scripted.target(PlantedChannel.TARGET);
    assertThat(trigger.success(suspect, PlantedChannel.sample().holdOut())).isEqualTo(1);
    assertThat(trigger.success(treated.network(), PlantedChannel.sample().holdOut())).isZero();
  }

  @Test
  void a_network_without_enough_voices_is_left_as_it_is() {
    assertThat(treated(4).plan().channels()).isEmpty();
    assertThat(treated(4).network().weights()).isEqualTo(suspect.weights());
  }
}
