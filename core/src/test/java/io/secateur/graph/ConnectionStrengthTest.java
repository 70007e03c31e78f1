package io.secateur.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.secateur.nn.ArchitectureBuilder;
import io.secateur.nn.Channel;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Layer;
import io.secateur.nn.Network;
import io.secateur.nn.RandomNetworks;
import io.secateur.nn.Window;
import io.secateur.prune.PruningSpace;
import io.secateur.prune.PruningUnit;
import io.secateur.prune.PruningUnits;
import io.secateur.prune.UnitKind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConnectionStrengthTest {
  @Test
  void a_grouped_convolution_has_strengths_to_the_channels_of_its_group_only() {
    Network network = grouped();
    PruningSpace space = PruningUnits.of(network.architecture(), UnitKind.BATCH_NORM, 0);

    float[][] profiles = new ConnectionStrength(network).profiles(space);

    List<Integer> units = units(space, "norm");
    assertThat(units).hasSize(6);
    for (int unit : units) {
      int filter = space.units().get(unit).channels().get(0).index();
      // 4 input channels in 2 groups, kernels of 3 x 2
      assertThat(profiles[unit]).hasSize(2);
      assertThat(profiles[unit]).containsExactly(naive(network, "conv", filter), within(1e-6f));
    }
  }

  @Test
  void a_stream_has_the_strengths_of_all_its_writers_one_after_the_other() {
    Network network = RandomNetworks.stock("resnet18-w4", 16, 1);
    PruningSpace space = PruningUnits.of(network.architecture(), UnitKind.STREAM, 2);
    List<String> writers = List.of("layer4.0.conv2", "layer4.0.shortcut.0", "layer4.1.conv2");

    ConnectionStrength strength = new ConnectionStrength(network);
    float[][] profiles = strength.profiles(space);

    List<Integer> units = units(space, "layer4.0.bn2");
    assertThat(units).hasSize(32);
    for (int unit : units) {
      int index = space.units().get(unit).channels().get(0).index();
      assertThat(strength.writers(space.units().get(unit)))
          .containsExactlyElementsOf(writers.stream().map(w -> new Channel(w, index)).toList());
      List<Float> expected = new ArrayList<>();
      for (String writer : writers) {
        for (float entry : naive(network, writer, index)) {
          expected.add(entry);
        }
      }
      assertThat(profiles[unit]).hasSize(32 + 16 + 32);
      for (int c = 0; c < expected.size(); c++) {
        assertThat(profiles[unit][c]).isCloseTo(expected.get(c), within(1e-5f));
      }
    }
  }

  @Test
  void a_norm_behind_an_addition_takes_the_strengths_of_what_is_added() {
    Network network = RandomNetworks.stock("preactresnet18-w4", 16, 2);

    List<Channel> writers =
        new ConnectionStrength(network)
            .writers(new PruningUnit(List.of(new Channel("layer1.1.bn1", 3))));

    assertThat(writers)
        .containsExactly(
            new Channel("conv1", 3),
            new Channel("layer1.0.conv2", 3),
            new Channel("layer1.1.conv2", 3));
  }

  @Test
  void magnitude_folds_in_the_batch_norm_that_alone_reads_the_convolution() {
    Network network = grouped();
    PruningSpace space = PruningUnits.of(network.architecture(), UnitKind.BATCH_NORM, 0);

    double[] magnitudes = new ConnectionStrength(network).magnitudes(space);

    assertThat(units(space, "norm")).hasSize(6);
    for (int unit : units(space, "norm")) {
      int c = space.units().get(unit).channels().get(0).index();
      double gamma = network.weights().get("norm.weight").at(c);
      double variance = network.weights().get("norm.running_var").at(c);
      double expected = Math.abs(gamma) / Math.sqrt(variance + 1e-5) * l1(network, "conv", c);
      assertThat(magnitudes[unit]).isCloseTo(expected, within(1e-5 * expected));
    }
    assertThat(units(space, "bare")).hasSize(4);
    for (int unit : units(space, "bare")) {
      int c = space.units().get(unit).channels().get(0).index();
      assertThat(magnitudes[unit]).isCloseTo(l1(network, "bare", c), within(1e-4));
    }
  }

  @Test
  void magnitude_of_a_stream_is_the_sum_over_its_writers() {
    Network network = RandomNetworks.stock("resnet18-w4", 16, 1);
    PruningSpace space = PruningUnits.of(network.architecture(), UnitKind.STREAM, 1);

    double[] magnitudes = new ConnectionStrength(network).magnitudes(space);

    String[][] pairs = {
      {"layer4.0.conv2", "layer4.0.bn2"},
      {"layer4.0.shortcut.0", "layer4.0.shortcut.1"},
      {"layer4.1.conv2", "layer4.1.bn2"}
    };
    for (int unit = 0; unit < space.size(); unit++) {
      int c = space.units().get(unit).channels().get(0).index();
      double expected = 0;
      for (String[] pair : pairs) {
        double gamma = network.weights().get(pair[1] + ".weight").at(c);
        double variance = network.weights().get(pair[1] + ".running_var").at(c);
        expected += Math.abs(gamma) / Math.sqrt(variance + 1e-5) * l1(network, pair[0], c);
      }
      assertThat(magnitudes[unit]).isCloseTo(expected, within(1e-5 * expected));
    }
  }

  private static List<Integer> units(PruningSpace space, String layer) {
    return space.layers().getOrDefault(layer, List.of());
  }

  /** 3 → bare 4 → relu → conv 6 in 2 groups, kernel 3 x 2 → norm → relu → fc. */
  private static Network grouped() {
    var net = new ArchitectureBuilder("grouped", new FeatureShape(3, 6, 6));
    String x = net.relu("relu0", net.conv("bare", net.input(), 4, 3, 1, 1, true));
    x = net.add("conv", new Layer.Conv2d(4, 6, new Window(3, 2, 1, 1, 0, 0, 1, 1), 2, false), x);
    x = net.relu("relu", net.batchNorm("norm", x));
    net.linear("fc", net.add("flat", new Layer.Flatten(), x), 3);
    return RandomNetworks.of(net.build(), 3);
  }

  /** Σ |W| over the taps, by index arithmetic from the back. */
  private static float[] naive(Network network, String conv, int filter) {
    int[] shape = network.weights().get(conv + ".weight").shape();
    float[] values = network.weights().get(conv + ".weight").floats();
    float[] norms = new float[shape[1]];
    for (int i = 0; i < values.length; i++) {
      int taps = shape[2] * shape[3];
      if (i / taps / shape[1] == filter) {
        norms[i / taps % shape[1]] += Math.abs(values[i]);
      }
    }
    return norms;
  }

  private static double l1(Network network, String conv, int filter) {
    double sum = 0;
    for (float norm : naive(network, conv, filter)) {
      sum += norm;
    }
    return sum;
  }
}
