package io.secateur.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.secateur.agent.LipschitzBound;
import io.secateur.agent.PlantedChannel;
import io.secateur.data.ImageSet;
import io.secateur.graph.ChannelGraph;
import io.secateur.nn.Channel;
import io.secateur.nn.Network;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChannelPortraitTest {
  private final Network network = PlantedChannel.infected();
  private final ImageSet images = PlantedChannel.images(4, 2);
  private final ChannelGraph graph = new ChannelGraph(13, new int[] {5, 5, 1}, new int[] {0, 2, 2});

  @Test
  void the_planted_channel_is_the_one_that_the_trigger_moves() {
    List<ChannelPortrait> portraits =
        portraits(List.of(attack()), "norm", PlantedChannel.CHANNEL, 0);

    ChannelPortrait planted = portraits.get(0);
    ChannelPortrait other = portraits.get(1);
    assertThat(planted.degree()).contains(2);
    assertThat(other.degree()).contains(1);
    assertThat(planted.change().orElseThrow()).isGreaterThan(0);
    assertThat(planted.change().orElseThrow())
        .isCloseTo(naiveChange(PlantedChannel.CHANNEL), within(1e-3));
    assertThat(other.change().orElseThrow()).isCloseTo(naiveChange(0), within(1e-3));
    assertThat(planted.lipschitz())
        .isEqualTo(LipschitzBound.of(network, new Channel("conv", PlantedChannel.CHANNEL)));
  }

  @Test
  void without_a_trigger_there_is_no_change_and_a_folded_convolution_has_no_output() {
    ChannelPortrait calm = portraits(List.of(), "norm", 0, 1).get(0);
    assertThat(calm.change()).isEmpty();
    assertThat(calm.cleanMean()).isPresent();

    ChannelPortrait folded = portraits(List.of(attack()), "conv", 0, 1).get(0);
    assertThat(folded.change()).isEmpty();
    assertThat(folded.cleanMean()).isEmpty();
    assertThat(folded.degree()).isEmpty();
    assertThat(folded.lipschitz()).isPositive();
  }

  private List<ChannelPortrait> portraits(
      List<SyntheticAttack> attacks, String layer, int first, int second) {
    return ChannelPortrait.of(
        network,
        List.of(new Channel(layer, first), new Channel(layer, second)),
        images,
        attacks,
        PlantedChannel.space(),
        graph);
  }

  private static SyntheticAttack attack() {
    return new SyntheticAttack(PlantedChannel.TARGET, List.of(PlantedChannel.trigger()));
  }

  /** (mean with − mean without) / deviation without, from the weights: one tap per channel. */
  private double naiveChange(int channel) {
    int[] others = images.without(PlantedChannel.TARGET);
    float[] clean = images.floats(others);
    float[] forced = SyntheticAttack.triggered(PlantedChannel.trigger(), clean, images.shape());
    double[] off = moments(clean, channel);
    double[] on = moments(forced, channel);
    return (on[0] - off[0]) / off[1];
  }

  private double[] moments(float[] values, int channel) {
    var kernel = network.weights().get("conv.weight");
    double beta = network.weights().get("norm.bias").at(channel);
    double scale = 1 / Math.sqrt(1 + 1e-5);
    int plane = 64;
    int count = values.length / (3 * plane);
    double sum = 0;
    double square = 0;
    for (int n = 0; n < count; n++) {
      for (int p = 0; p < plane; p++) {
        double y = 0;
        for (int c = 0; c < 3; c++) {
          y += kernel.at((channel * 3 + c) * 9 + 4) * values[(n * 3 + c) * plane + p];
        }
        y = y * scale + beta;
        sum += y;
        square += y * y;
      }
    }
    double mean = sum / (count * plane);
    return new double[] {mean, Math.sqrt(square / (count * plane) - mean * mean)};
  }
}
