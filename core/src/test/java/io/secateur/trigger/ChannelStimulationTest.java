package io.secateur.trigger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.secateur.agent.PlantedChannel;
import io.secateur.data.ImageSet;
import io.secateur.engine.OneThread;
import io.secateur.metric.Evaluator;
import io.secateur.nn.Channel;
import io.secateur.nn.Network;
import io.secateur.nn.Node;
import io.secateur.nn.RandomNetworks;
import io.secateur.nn.WeightTensor;
import io.secateur.run.RunContext;
import io.secateur.train.Precision;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The planted channel, raised alone, forces its label; no other channel forces any. */
@ExtendWith(OneThread.class)
class ChannelStimulationTest {
  private static final ChannelStimulation.Settings ONE =
      new ChannelStimulation.Settings(60, 6, 1, 0.9, Precision.FLOAT32);
  private final ImageSet images = PlantedChannel.images(10, 1);
  private final RunContext run = RunContext.quiet(1);

  @Test
  void a_channel_that_says_a_label_by_itself_makes_it_suspect() {
    ChannelStimulation stimulation = new ChannelStimulation(ONE);

    List<List<ChannelStimulation.Voice>> voices =
        stimulation.run(PlantedChannel.infected(), images, run);

    assertThat(stimulation.suspect(voices)).contains(PlantedChannel.TARGET);
    ChannelStimulation.Voice first = voices.get(PlantedChannel.TARGET).get(0);
    assertThat(first.channel())
        .isEqualTo(new Channel(PlantedChannel.LAYER, PlantedChannel.CHANNEL));
    assertThat(first.share()).isEqualTo(1);
    for (List<ChannelStimulation.Voice> each : voices) {
      assertThat(each)
          .hasSize(13)
          .isSortedAccordingTo((a, b) -> Double.compare(b.share(), a.share()));
      assertThat(each.stream().filter(voice -> voice != first))
          .allMatch(voice -> voice.share() < ONE.share());
    }
  }

  /** The plain way: a network whose batch norm has a larger β, asked from the first layer on. */
  @Test
  void voices_are_those_of_networks_with_raised_biases() {
    Network network = PlantedChannel.infected();
    List<List<ChannelStimulation.Voice>> voices =
        new ChannelStimulation(ONE).run(network, images, run);

    for (List<ChannelStimulation.Voice> each : voices) {
      for (ChannelStimulation.Voice voice : each) {
        WeightTensor bias = network.weights().get(PlantedChannel.LAYER + ".bias");
        float[] raised = bias.floats();
        raised[voice.channel().index()] += 6; // γ is 1
        Network changed =
            network.withWeights(
                network
                    .weights()
                    .with(Map.of(PlantedChannel.LAYER + ".bias", bias.withFloats(raised))));
        int[] others = images.without(voice.label());
        long forced =
            Arrays.stream(Evaluator.predict(changed, images, others))
                .filter(answer -> answer == voice.label())
                .count();
        assertThat(voice.share()).as("%s", voice).isEqualTo((double) forced / others.length);
      }
    }
  }

  @Test
  void images_of_every_class_are_asked_however_they_are_ordered() {
    int[] byClass =
        IntStream.range(0, images.size())
            .boxed()
            .sorted(Comparator.comparingInt(images::label))
            .mapToInt(Integer::intValue)
            .toArray();
    ChannelStimulation stimulation =
        new ChannelStimulation(new ChannelStimulation.Settings(6, 6, 1, 0.9, Precision.FLOAT32));

    List<List<ChannelStimulation.Voice>> voices =
        stimulation.run(PlantedChannel.infected(), images.select(byClass), run);

    // The first six are all of label 0: nobody would be left to get it.
    assertThat(voices.get(0)).anyMatch(voice -> voice.share() > 0);
  }

  @Test
  void one_voice_is_not_enough_where_two_are_asked_for() {
    ChannelStimulation stimulation =
        new ChannelStimulation(new ChannelStimulation.Settings(60, 6, 2, 0.9, Precision.FLOAT32));

    assertThat(stimulation.suspect(stimulation.run(PlantedChannel.infected(), images, run)))
        .isEmpty();
  }

  @Test
  void the_last_stage_but_one_is_raised() {
    Network network = RandomNetworks.stock("resnet18-w4", 32, 10);

    assertThat(ChannelStimulation.norms(network).stream().map(Node::name))
        .containsExactly(
            "layer3.0.bn1", "layer3.0.bn2", "layer3.0.shortcut.1", "layer3.1.bn1", "layer3.1.bn2");
  }

  @Test
  void settings_out_of_range_are_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ChannelStimulation.Settings(80, 6, 4, 1.5, Precision.FLOAT32))
        .withMessage("share must be in (0, 1], got 1.5");
  }
}
