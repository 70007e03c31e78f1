package io.secateur.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.secateur.nn.ArchitectureBuilder;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Layer;
import io.secateur.nn.Network;
import io.secateur.nn.Preprocessing;
import io.secateur.nn.RandomNetworks;
import io.secateur.nn.WeightTensor;
import io.secateur.nn.Weights;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GradCamTest {
  /** One grey image of 2 x 2 pixels. */
  private static final float[] IMAGE = {0.2f, 0.4f, 0.6f, 0.8f};

  @Test
  void the_map_is_that_computed_by_hand() {
    // A_1 = x, A_2 = relu(1 - 2x); logit_0 = mean A_1 - 2 mean A_2, logit_1 = -mean A_1 + mean A_2
    Network network = network();

    float[][] maps =
        GradCam.of(
            network,
            new float[] {IMAGE[0], IMAGE[1], IMAGE[2], IMAGE[3], 0.2f, 0.4f, 0.6f, 0.8f},
            new int[] {0, 1});

    assertThat(GradCam.node(network)).contains("relu");
    // alpha_1 = 1/4, alpha_2 = -2/4: A_1 - 2 A_2 = {-1, 0, 0.6, 0.8}, of which what is positive
    assertClose(maps[0], 0, 0, 0.75f, 1);
    // alpha_1 = -1/4, alpha_2 = 1/4: {0.4, -0.2, -0.6, -0.8}
    assertClose(maps[1], 1, 0, 0, 0);
  }

  @Test
  void a_map_against_which_everything_speaks_is_empty() {
    float[] bright = {1, 1, 1, 1};

    assertClose(GradCam.of(network(), bright, new int[] {1})[0], 0, 0, 0, 0);
  }

  @ParameterizedTest
  @CsvSource({
    "resnet18-w8, 32",
    "preactresnet18-w8, 32",
    "vgg11-bn-w16, 32",
    "mobilenetv2-w8, 32",
    "wrn-16-1, 16",
  })
  void every_stock_family_has_maps_of_the_size_of_its_images(String name, int side) {
    Network network = RandomNetworks.stock(name, side, 1);
    float[] images = RandomNetworks.images(network.architecture().input(), 2, 2);

    float[][] maps = GradCam.of(network, images, new int[] {0, 3});

    assertThat(maps).hasDimensions(2, side * side);
    for (float[] map : maps) {
      for (float value : map) {
        assertThat(value).isBetween(0f, 1f);
      }
    }
    assertThat(GradCam.of(network, images, new int[] {0, 3})).isDeepEqualTo(maps);
  }

  @Test
  void a_network_without_feature_maps_is_refused() {
    var net = new ArchitectureBuilder("flat", new FeatureShape(4, 1, 1));
    net.linear("fc", net.input(), 2);
    Network network =
        new Network(
            net.build(),
            Weights.of(
                Map.of(
                    "fc.weight", WeightTensor.ofFloats(new int[] {2, 4}, new float[8]),
                    "fc.bias", WeightTensor.ofFloats(new int[] {2}, new float[2]))),
            Preprocessing.unit(4));

    assertThat(GradCam.node(network)).isEmpty();
    assertThat(PenultimateFeatures.node(network)).isEmpty();
    assertThatThrownBy(() -> GradCam.of(network, new float[4], new int[] {0}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no feature maps");
  }

  @Test
  void penultimate_features_are_what_the_last_layer_reads() {
    float[][] features = PenultimateFeatures.of(network(), IMAGE);

    assertThat(PenultimateFeatures.node(network())).contains("flat");
    // means of {0.2, 0.4, 0.6, 0.8} and {0.6, 0.2, 0, 0}
    assertClose(features[0], 0.5f, 0.2f);
  }

  private static Network network() {
    var net = new ArchitectureBuilder("hand", new FeatureShape(1, 2, 2));
    String x = net.relu("relu", net.conv("conv", net.input(), 2, 1, 1, 0, true));
    x = net.add("pool", new Layer.GlobalAveragePool(), x);
    net.linear("fc", net.add("flat", new Layer.Flatten(), x), 2);
    Map<String, WeightTensor> tensors =
        Map.of(
            "conv.weight", WeightTensor.ofFloats(new int[] {2, 1, 1, 1}, new float[] {1, -2}),
            "conv.bias", WeightTensor.ofFloats(new int[] {2}, new float[] {0, 1}),
            "fc.weight", WeightTensor.ofFloats(new int[] {2, 2}, new float[] {1, -2, -1, 1}),
            "fc.bias", WeightTensor.ofFloats(new int[] {2}, new float[2]));
    return new Network(net.build(), Weights.of(tensors), Preprocessing.unit(1));
  }

  private static void assertClose(float[] actual, float... expected) {
    assertThat(actual).hasSize(expected.length);
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i]).as("value %d", i).isCloseTo(expected[i], within(1e-5f));
    }
  }
}
