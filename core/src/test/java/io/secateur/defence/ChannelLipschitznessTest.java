package io.secateur.defence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.secateur.agent.PlantedChannel;
import io.secateur.nn.Architecture;
import io.secateur.nn.ArchitectureBuilder;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Layer;
import io.secateur.nn.Network;
import io.secateur.nn.Node;
import io.secateur.nn.RandomNetworks;
import io.secateur.nn.WeightTensor;
import io.secateur.prune.PrunedChannel;
import io.secateur.prune.PruningPlan;
import io.secateur.run.RunContext;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ChannelLipschitznessTest {
  private final RunContext run = RunContext.quiet(1);

  @Test
  void bounds_are_singular_values_times_the_gain_of_the_norm() {
    Network network = RandomNetworks.of(twoInputs(), 3);
    float[] kernels = network.weights().get("conv.weight").floats();

    double[] bounds = ChannelLipschitzness.bounds(network, node(network, "norm"));

    assertThat(bounds).hasSize(5);
    for (int k = 0; k < 5; k++) {
      double gamma = network.weights().get("norm.weight").at(k);
      double variance = network.weights().get("norm.running_var").at(k);
      double expected = sigmaOfTwoRows(kernels, 18 * k) * Math.abs(gamma / Math.sqrt(variance));
      assertThat(bounds[k]).isCloseTo(expected, within(1e-4 * expected));
    }
  }

  @Test
  void a_channel_that_never_varies_has_bound_zero() {
    Network network = RandomNetworks.of(twoInputs(), 3);
    float[] variances = network.weights().get("norm.running_var").floats();
    variances[2] = 0;
    WeightTensor changed = network.weights().get("norm.running_var").withFloats(variances);
    Network dead = network.withWeights(network.weights().with(Map.of("norm.running_var", changed)));

    double[] bounds = ChannelLipschitzness.bounds(dead, node(dead, "norm"));

    assertThat(bounds[2]).isZero();
    assertThat(bounds[1]).isPositive();
  }

  @Test
  void the_planted_channel_stands_out_at_three_deviations_and_dies() {
    Network suspect = PlantedChannel.infected();
    Treatment clp = new ChannelLipschitzness(ChannelLipschitzness.Settings.DEFAULT);

    Treatment.Treated treated = clp.treat(suspect, PlantedChannel.sample(), run);

    // thirteen filters: twelve of length 1, one that adds three colours
    double mean = (12 + Math.sqrt(3)) / 13;
    double std = Math.sqrt((12 * Math.pow(1 - mean, 2) + Math.pow(Math.sqrt(3) - mean, 2)) / 12);
    PrunedChannel only = treated.plan().channels().get(0);
    assertThat(treated.plan().channels()).hasSize(1);
    assertThat(only.layer()).isEqualTo(PlantedChannel.LAYER);
    assertThat(only.index()).isEqualTo(PlantedChannel.CHANNEL);
    assertThat(only.score()).isCloseTo((Math.sqrt(3) - mean) / std, within(1e-6));
    assertThat(only.reason())
        .isEqualTo(
            "Lipschitz bound 1.732, 3.3 standard deviations above its layer's mean of 1.056");
    Scripted trigger = Scripted.target(4);
    assertThat(trigger.success(suspect, PlantedChannel.sample().holdOut())).isEqualTo(1);
    assertThat(trigger.success(treated.network(), PlantedChannel.sample().holdOut())).isZero();
  }

  @Test
  void as_a_defence_it_repairs_the_planted_network() {
    Treatment clp = new ChannelLipschitzness(ChannelLipschitzness.Settings.DEFAULT);
    Defence defence = new TreatedDefence(clp, Policy.DEFAULT, Scripted.target(4).sources(0));

    RepairOutcome outcome =
        defence.repair(Suspect.of(PlantedChannel.infected()), PlantedChannel.sample(), run);

    assertThat(defence.name()).isEqualTo("clp");
    assertThat(outcome.verdict()).isEqualTo(RepairVerdict.REPAIRED);
    assertThat(outcome.plan().channels()).hasSize(1);
    assertThat(outcome.seconds()).containsKey("clp");
  }

  @Test
  void a_higher_u_prunes_less() {
    Network suspect = PlantedChannel.infected();

    assertThat(plan(suspect, 3.4).channels()).isEmpty();
    assertThat(plan(suspect, 3.3).channels()).hasSize(1);
  }

  @Test
  void in_a_pre_activation_network_only_norms_of_one_convolution_are_judged() {
    Network network = RandomNetworks.stock("preactresnet18-w8", 16, 1);

    Set<String> judged =
        plan(network, 0).channels().stream().map(PrunedChannel::layer).collect(Collectors.toSet());

    // the first norm reads the stem; every other bn1 reads a sum
    Set<String> expected =
        network.architecture().nodes().stream()
            .map(Node::name)
            .filter(name -> name.endsWith("bn2") || name.equals("layer1.0.bn1"))
            .collect(Collectors.toSet());
    assertThat(judged).hasSize(9).isEqualTo(expected);
  }

  @Test
  void negative_u_is_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ChannelLipschitzness.Settings(-0.5))
        .withMessage("u must be at least 0, got -0.5");
  }

  private PruningPlan plan(Network network, double u) {
    return new ChannelLipschitzness(new ChannelLipschitzness.Settings(u)).plan(network, run);
  }

  private static Node node(Network network, String name) {
    return network.architecture().node(name);
  }

  private static Architecture twoInputs() {
    var net = new ArchitectureBuilder("two inputs", new FeatureShape(2, 4, 4));
    String x = net.relu("relu", net.batchNorm("norm", net.conv("conv", "input", 5, 3, 1, 1, true)));
    net.linear("fc", net.add("flat", new Layer.Flatten(), x), 2);
    return net.build();
  }

  /** Largest singular value of a 2 × 9 matrix, by the formula for the eigenvalues of A Aᵀ. */
  private static double sigmaOfTwoRows(float[] values, int from) {
    double aa = 0;
    double bb = 0;
    double ab = 0;
    for (int tap = 0; tap < 9; tap++) {
      double a = values[from + tap];
      double b = values[from + 9 + tap];
      aa += a * a;
      bb += b * b;
      ab += a * b;
    }
    double half = (aa - bb) / 2;
    return Math.sqrt((aa + bb) / 2 + Math.sqrt(half * half + ab * ab));
  }

  @Test
  void every_layer_keeps_a_channel_even_at_zero_deviations() {
    Network network = RandomNetworks.stock("resnet20", 16, 1);

    Map<String, List<PrunedChannel>> byLayer =
        plan(network, 0).channels().stream().collect(Collectors.groupingBy(PrunedChannel::layer));

    assertThat(byLayer).hasSize(19);
    byLayer.forEach(
        (layer, pruned) ->
            assertThat(pruned.size())
                .isPositive()
                .isLessThan(node(network, layer).output().channels()));
  }
}
