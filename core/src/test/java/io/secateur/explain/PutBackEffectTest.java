package io.secateur.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.secateur.agent.PlantedChannel;
import io.secateur.data.ImageSet;
import io.secateur.metric.Evaluator;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Layer;
import io.secateur.nn.Network;
import io.secateur.nn.Node;
import io.secateur.nn.RandomNetworks;
import io.secateur.nn.WeightTensor;
import io.secateur.prune.PrunedChannel;
import io.secateur.prune.PruningPlan;
import io.secateur.prune.Surgery;
import io.secateur.trigger.Trigger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PutBackEffectTest {

  @Test
  void the_planted_channel_brings_the_backdoor_back_and_another_does_not() {
    Network suspect = PlantedChannel.infected();
    PruningPlan plan = plan(PlantedChannel.LAYER, PlantedChannel.CHANNEL, 0);
    Network repaired = Surgery.apply(suspect, plan);
    ProbeImages images = planted();

    PutBackEffect.Result result =
        PutBackEffect.of(suspect, repaired, plan, images, PutBackEffect.Settings.DEFAULT);

    assertThat(result.pruned().attackSuccess()).isLessThan(20);
    assertThat(result.effects()).hasSize(2);
    PutBackEffect.Effect guilty = result.effects().get(0);
    assertThat(guilty.channel().index()).isEqualTo(PlantedChannel.CHANNEL);
    assertThat(guilty.standing().attackSuccess()).isEqualTo(100);
    assertThat(result.effects().get(1).standing().attackSuccess())
        .isEqualTo(result.pruned().attackSuccess());
  }

  @ParameterizedTest
  @CsvSource({
    "resnet20-w4, 16, false",
    "resnet20-w4, 16, true",
    "preactresnet18-w8, 16, false",
    "mobilenetv2-w8, 16, false",
    "vgg11-bn-w16, 32, true",
    "wrn-16-1, 16, false",
  })
  void each_effect_is_that_of_operating_on_all_other_channels(
      String name, int side, boolean tuned) {
    Network suspect = calm(RandomNetworks.stock(name, side, 1), side);
    PruningPlan plan = spread(suspect, 12);
    Network repaired = Surgery.apply(suspect, plan);
    if (tuned) {
      repaired = scaled(repaired, 1.2f);
    }
    ImageSet set = images(suspect, side);
    ProbeImages images = ProbeImages.of(suspect, set, List.of(attack(side)), 20);

    PutBackEffect.Result result =
        PutBackEffect.of(suspect, repaired, plan, images, PutBackEffect.Settings.DEFAULT);

    assertThat(result.effects()).hasSize(12);
    assertClose(result.pruned(), plain(repaired, images));
    int moved = 0;
    for (PutBackEffect.Effect effect : result.effects()) {
      PruningPlan one =
          new PruningPlan(
              plan.channels().stream()
                  .filter(
                      c ->
                          c.layer().equals(effect.channel().node())
                              && c.index() == effect.channel().index())
                  .toList());
      PutBackEffect.Standing expected = plain(Surgery.putBack(repaired, one, suspect), images);
      assertClose(effect.standing(), expected);
      moved +=
          Math.abs(expected.targetProbability() - result.pruned().targetProbability()) > 1e-3
              ? 1
              : 0;
    }
    // channels matter, so that the comparison means something
    assertThat(moved).isGreaterThan(3);
  }

  @Test
  void no_more_is_tried_than_was_allowed_and_the_best_scored_first() {
    Network suspect = RandomNetworks.stock("resnet20-w4", 16, 1);
    PruningPlan plan = spread(suspect, 12);
    Network repaired = Surgery.apply(suspect, plan);
    ProbeImages images = ProbeImages.of(suspect, images(suspect, 16), List.of(attack(16)), 20);

    assertThat(effects(suspect, repaired, plan, images, 3, Long.MAX_VALUE))
        .containsExactly(11, 10, 9);
    assertThat(effects(suspect, repaired, plan, images, 64, 0)).containsExactly(11);
    long two = 2 * 40 * suspect.architecture().macs();
    assertThat(effects(suspect, repaired, plan, images, 64, two)).startsWith(11, 10);
  }

  @Test
  void a_convolution_that_its_batch_norm_takes_in_is_passed_over() {
    Network suspect = PlantedChannel.infected();
    PruningPlan plan = plan("conv", 2, 3);
    Network repaired = Surgery.apply(suspect, plan);

    PutBackEffect.Result result =
        PutBackEffect.of(suspect, repaired, plan, planted(), PutBackEffect.Settings.DEFAULT);

    assertThat(result.effects()).isEmpty();
    assertClose(result.pruned(), plain(repaired, planted()));
  }

  private static List<Integer> effects(
      Network suspect,
      Network repaired,
      PruningPlan plan,
      ProbeImages images,
      int channels,
      long operations) {
    return PutBackEffect.of(
            suspect, repaired, plan, images, new PutBackEffect.Settings(channels, operations))
        .effects()
        .stream()
        .map(
            effect ->
                (int)
                    plan.channels().stream()
                        .filter(
                            c ->
                                c.layer().equals(effect.channel().node())
                                    && c.index() == effect.channel().index())
                        .findFirst()
                        .orElseThrow()
                        .score())
        .toList();
  }

  private static ProbeImages planted() {
    return ProbeImages.of(
        PlantedChannel.infected(),
        PlantedChannel.images(4, 2),
        List.of(new SyntheticAttack(PlantedChannel.TARGET, List.of(PlantedChannel.trigger()))),
        24);
  }

  private static PruningPlan plan(String layer, int first, int second) {
    return new PruningPlan(
        List.of(new PrunedChannel(layer, first, 2, ""), new PrunedChannel(layer, second, 1, "")));
  }

  /** Channels of batch norms, and of convolutions without one, all over the network. */
  private static PruningPlan spread(Network network, int count) {
    List<String> layers =
        network.architecture().nodes().stream()
            .filter(node -> node.layer() instanceof Layer.BatchNorm && node.output().channels() > 3)
            .map(Node::name)
            .toList();
    List<PrunedChannel> channels = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String layer = layers.get(i * layers.size() / count);
      int used = (int) channels.stream().filter(c -> c.layer().equals(layer)).count();
      channels.add(new PrunedChannel(layer, used, i, ""));
    }
    return new PruningPlan(channels);
  }

  /** The same with logits of about 1, where probabilities tell more than 0 and 1. */
  private static Network calm(Network network, int side) {
    float largest = 0;
    for (float logit : Evaluator.logits(network, images(network, side).floats(new int[] {0}))) {
      largest = Math.max(largest, Math.abs(logit));
    }
    return scaled(network, 1 / largest);
  }

  private static Network scaled(Network network, float factor) {
    String name = network.architecture().output().name() + ".weight";
    WeightTensor weight = network.weights().get(name);
    float[] values = weight.floats();
    for (int i = 0; i < values.length; i++) {
      values[i] *= factor;
    }
    return network.withWeights(network.weights().with(Map.of(name, weight.withFloats(values))));
  }

  private static ImageSet images(Network network, int side) {
    SplittableRandom random = new SplittableRandom(5);
    FeatureShape shape = network.architecture().input();
    byte[] pixels = new byte[40 * shape.size()];
    random.nextBytes(pixels);
    int[] labels = IntStream.range(0, 40).map(i -> i % network.classes()).toArray();
    List<String> names = IntStream.range(0, network.classes()).mapToObj(String::valueOf).toList();
    return ImageSet.of("noise", new FeatureShape(3, side, side), names, labels, pixels);
  }

  private static SyntheticAttack attack(int side) {
    float[] mask = new float[side * side];
    Arrays.fill(mask, 0, 3 * side, 1);
    float[] pattern = new float[3 * side * side];
    Arrays.fill(pattern, 1);
    return new SyntheticAttack(1, List.of(new Trigger.Patch(mask, pattern, side, side)));
  }

  /** The naive way: the whole network on every image. */
  private static PutBackEffect.Standing plain(Network network, ProbeImages images) {
    int classes = network.classes();
    float[] clean = Evaluator.logits(network, images.clean());
    float[] triggered = Evaluator.logits(network, images.triggered());
    double right = 0;
    for (int i = 0; i < images.labels().length; i++) {
      right += best(clean, i, classes) == images.labels()[i] ? 1 : 0;
    }
    double forced = 0;
    double probability = 0;
    int n = images.targets().length;
    for (int i = 0; i < n; i++) {
      int target = images.targets()[i];
      forced += best(triggered, i, classes) == target ? 1 : 0;
      double sum = 0;
      for (int k = 0; k < classes; k++) {
        sum += Math.exp(triggered[i * classes + k] - triggered[i * classes + target]);
      }
      probability += 1 / sum;
    }
    return new PutBackEffect.Standing(
        100 * right / images.labels().length, 100 * forced / n, 100 * probability / n);
  }

  private static int best(float[] logits, int row, int classes) {
    int best = 0;
    for (int k = 1; k < classes; k++) {
      best = logits[row * classes + k] > logits[row * classes + best] ? k : best;
    }
    return best;
  }

  private static void assertClose(PutBackEffect.Standing actual, PutBackEffect.Standing expected) {
    assertThat(actual.cleanAccuracy()).isCloseTo(expected.cleanAccuracy(), within(1e-9));
    assertThat(actual.attackSuccess()).isCloseTo(expected.attackSuccess(), within(1e-9));
    assertThat(actual.targetProbability()).isCloseTo(expected.targetProbability(), within(1e-3));
  }
}
