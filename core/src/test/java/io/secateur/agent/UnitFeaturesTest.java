package io.secateur.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.secateur.data.ImageSet;
import io.secateur.graph.ChannelGraph;
import io.secateur.graph.ConnectionGraph;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Network;
import io.secateur.nn.RandomNetworks;
import io.secateur.nn.WeightTensor;
import io.secateur.prune.PruningSpace;
import io.secateur.prune.PruningUnits;
import io.secateur.prune.UnitKind;
import io.secateur.trigger.Trigger;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class UnitFeaturesTest {
  private static final int CHANGE_OVER_ALL = 11;
  private static final int DEPTH = 12;
  private static final int GAMMA = 6;

  @ParameterizedTest
  @EnumSource(UnitKind.class)
  void features_are_finite_and_standardised_within_each_layer(UnitKind kind) {
    Network network = RandomNetworks.stock("resnet18-w8", 16, 1);
    PruningSpace space = PruningUnits.of(network.architecture(), kind, 2);

    float[][] features = features(network, space).values();

    assertThat(features).hasDimensions(space.size(), UnitFeatures.COUNT);
    int informative = 0;
    for (List<Integer> layer : space.layers().values()) {
      for (int f = 0; f < CHANGE_OVER_ALL; f++) {
        int feature = f;
        double[] column = layer.stream().mapToDouble(u -> features[u][feature]).toArray();
        assertThat(Arrays.stream(column).allMatch(v -> Math.abs(v) <= 5)).isTrue();
        // what is beyond five deviations is cut off, and would shift the moments
        if (Arrays.stream(column).allMatch(v -> Math.abs(v) < 5)) {
          double mean = Arrays.stream(column).average().orElseThrow();
          double square = Arrays.stream(column).map(v -> v * v).average().orElseThrow();
          assertThat(mean).isCloseTo(0, within(1e-5));
          if (square != 0) {
            assertThat(square).isCloseTo(1, within(1e-4));
            informative++;
          }
        }
      }
    }
    assertThat(informative).isGreaterThan(8 * space.layers().size());
  }

  @Test
  void a_column_that_does_not_differ_within_a_layer_is_zero() {
    Network random = RandomNetworks.stock("resnet18-w8", 16, 1);
    Map<String, WeightTensor> gammas = new LinkedHashMap<>();
    float[] ones = new float[64];
    Arrays.fill(ones, 0.3f);
    gammas.put("layer4.0.bn1.weight", random.weights().get("layer4.0.bn1.weight").withFloats(ones));
    Network network = random.withWeights(random.weights().with(gammas));
    PruningSpace space = PruningUnits.of(network.architecture(), UnitKind.INNER, 1);

    float[][] features = features(network, space).values();

    space
        .layers()
        .forEach(
            (layer, units) -> {
              double[] gamma = units.stream().mapToDouble(u -> features[u][GAMMA]).toArray();
              if (layer.equals("layer4.0.bn1")) {
                assertThat(gamma).containsOnly(0);
              } else {
                assertThat(Arrays.stream(gamma).distinct().count()).isGreaterThan(32);
              }
            });
    assertThat(space.layers()).containsKeys("layer4.0.bn1", "layer4.1.bn1");
  }

  @Test
  void depth_runs_from_the_first_layer_of_the_space_to_the_last() {
    Network network = RandomNetworks.stock("resnet18-w8", 16, 1);
    PruningSpace space = PruningUnits.of(network.architecture(), UnitKind.INNER, 2);

    float[][] features = features(network, space).values();

    double depth = 0;
    for (List<Integer> layer : space.layers().values()) {
      for (int unit : layer) {
        assertThat((double) features[unit][DEPTH]).isCloseTo(depth, within(1e-6));
      }
      depth += 1.0 / 3;
    }
  }

  @Test
  void the_channel_that_answers_to_the_trigger_alone_changes_most() {
    PruningSpace space = PlantedChannel.space();
    ImageSet images = PlantedChannel.images(10, 3);

    UnitFeatures features =
        UnitFeatures.of(
            PlantedChannel.infected(),
            space,
            ChannelGraph.edgeless(space.size()),
            images,
            List.of(PlantedChannel.trigger()),
            PlantedChannel.TARGET);

    float[] change = features.activationChange();
    for (int unit = 0; unit < space.size(); unit++) {
      if (unit != PlantedChannel.CHANNEL) {
        assertThat(change[PlantedChannel.CHANNEL]).isGreaterThan(change[unit]);
        assertThat(features.values()[PlantedChannel.CHANNEL][CHANGE_OVER_ALL])
            .isGreaterThan(features.values()[unit][CHANGE_OVER_ALL]);
      }
    }
  }

  private static UnitFeatures features(Network network, PruningSpace space) {
    FeatureShape shape = network.architecture().input();
    byte[] pixels = new byte[20 * shape.size()];
    new Random(2).nextBytes(pixels);
    int[] labels = new int[20];
    Arrays.setAll(labels, i -> i % 5);
    ImageSet images = ImageSet.of("noise", shape, List.of("a", "b", "c", "d", "e"), labels, pixels);
    float[] delta = new float[shape.size()];
    Arrays.fill(delta, 0, 16, 1);
    Trigger trigger = new Trigger.Additive(delta, shape.height(), shape.width());
    ChannelGraph graph = ConnectionGraph.of(network, space, ConnectionGraph.Settings.PAPER);
    return UnitFeatures.of(network, space, graph, images, List.of(trigger), 2);
  }
}
