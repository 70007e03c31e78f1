package io.secateur.defence;

import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.agent.PlantedChannel;
import io.secateur.engine.OneThread;
import io.secateur.nn.Network;
import io.secateur.nn.WeightTensor;
import io.secateur.prune.PrunedChannel;
import io.secateur.run.RunContext;
import io.secateur.train.Precision;
import io.secateur.trigger.ChannelStimulation;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(OneThread.class)
class StimulationPruningTest {
  private final Network suspect = PlantedChannel.infected();

  private Treatment.Treated treated(int voices) {
    return new StimulationPruning(
            new ChannelStimulation.Settings(60, 6, voices, 0.9, Precision.FLOAT32))
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

  /** All thirteen channels feed the target's logit alone, so that each says it. */
  private Network allLoud() {
    float[] weight = suspect.weights().get("fc.weight").floats();
    int each = weight.length / suspect.classes();
    Arrays.fill(weight, 0);
    Arrays.fill(weight, PlantedChannel.TARGET * each, (PlantedChannel.TARGET + 1) * each, 8);
    WeightTensor changed = suspect.weights().get("fc.weight").withFloats(weight);
    return suspect.withWeights(suspect.weights().with(Map.of("fc.weight", changed)));
  }

  @Test
  void a_layer_keeps_one_channel_where_all_are_loud() {
    Treatment.Treated treated =
        new StimulationPruning(new ChannelStimulation.Settings(60, 6, 1, 0.9, Precision.FLOAT32))
            .treat(allLoud(), PlantedChannel.sample(), RunContext.quiet(1));

    assertThat(treated.plan().channels()).hasSize(12);
  }

  @Test
  void a_network_without_enough_voices_is_left_as_it_is() {
    assertThat(treated(4).plan().channels()).isEmpty();
    assertThat(treated(4).network().weights()).isEqualTo(suspect.weights());
  }
}
