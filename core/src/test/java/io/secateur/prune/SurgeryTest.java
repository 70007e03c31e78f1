package io.secateur.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.nn.Channel;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Interpreter;
import io.secateur.nn.Network;
import io.secateur.nn.RandomNetworks;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SurgeryTest {
  @ParameterizedTest
  @CsvSource({
    "resnet20, 16, BATCH_NORM",
    "resnet20, 16, STREAM",
    "resnet20, 16, INNER",
    "preactresnet18-w8, 16, BATCH_NORM",
    "preactresnet18-w8, 16, STREAM",
    "preactresnet18-w8, 16, INNER",
    "wrn-16-1, 16, BATCH_NORM",
    "wrn-16-1, 16, STREAM",
    "wrn-16-1, 16, INNER",
    "mobilenetv2-w8, 16, BATCH_NORM",
    "mobilenetv2-w8, 16, STREAM",
    "mobilenetv2-w8, 16, INNER",
    "vgg11-bn-w16, 32, BATCH_NORM",
    "vgg11-bn-w16, 32, INNER",
  })
  void the_operated_network_computes_what_the_masked_one_does(
      String name, int side, UnitKind kind) {
    Network network = RandomNetworks.stock(name, side, 1);
    PruningSpace space = PruningUnits.of(network.architecture(), kind, 0);
    boolean[] pruned = some(space, 0.2, 2);
    float[] images = RandomNetworks.images(network.architecture().input(), 4, 3);

    float[] masked = RandomNetworks.logits(network, images, space.factors(pruned));
    float[] operated =
        RandomNetworks.logits(Surgery.apply(network, plan(space, pruned)), images, Map.of());

    assertClose(operated, masked, 1e-5);
    // and pruning did something, so that the comparison means something
    float[] whole = RandomNetworks.logits(network, images, Map.of());
    assertThat(distance(whole, masked)).isGreaterThan(1e-2 * largest(whole));
  }

  @Test
  void what_was_pruned_comes_back_to_the_bit_and_what_was_tuned_stays() {
    Network network = RandomNetworks.stock("resnet20", 16, 1);
    PruningSpace space = PruningUnits.of(network.architecture(), UnitKind.BATCH_NORM, 0);
    PruningPlan plan = plan(space, some(space, 0.2, 2));
    Network pruned = Surgery.apply(network, plan);
    String bias = network.architecture().output().name() + ".bias";
    var tuned = pruned.weights().get(bias).withFloats(new float[network.classes()]);
    Network treated = pruned.withWeights(pruned.weights().with(Map.of(bias, tuned)));

    Network back = Surgery.putBack(treated, plan, network);

    assertThat(pruned.weights()).isNotEqualTo(network.weights());
    assertThat(back.weights().with(Map.of(bias, network.weights().get(bias))))
        .isEqualTo(network.weights());
    assertThat(back.weights().get(bias)).isEqualTo(tuned);
  }

  @ParameterizedTest
  @CsvSource({
    "resnet18-w8, layer4.1.relu2",
    "preactresnet18-w8, layer4.1.add",
    "wrn-16-1, relu",
  })
  void a_pruned_stream_channel_is_exactly_zero_where_the_stream_ends(String name, String end) {
    Network network = RandomNetworks.stock(name, 16, 4);
    PruningSpace space = PruningUnits.of(network.architecture(), UnitKind.STREAM, 1);
    boolean[] pruned = some(space, 0.3, 5);
    Network operated = Surgery.apply(network, plan(space, pruned));

    float[] channels = largestPerChannel(operated, end);

    assertThat(space.size()).isEqualTo(channels.length);
    for (int unit = 0; unit < space.size(); unit++) {
      int c = space.units().get(unit).channels().get(0).index();
      if (pruned[unit]) {
        assertThat(channels[c]).as("channel " + c).isZero();
      }
    }
    assertThat(count(channels, 0)).isLessThan(channels.length);
  }

  @Test
  void an_operated_batch_norm_leaves_no_constant_behind() {
    Network network = RandomNetworks.stock("resnet20", 16, 6);
    assertThat(largestPerChannel(network, "layer2.0.bn1")[3]).isPositive();

    Network operated = Surgery.apply(network, plan(new Channel("layer2.0.bn1", 3)));

    assertThat(largestPerChannel(operated, "layer2.0.bn1")[3]).isZero();
    int[] shape = operated.weights().get("layer2.0.conv1.weight").shape();
    int perFilter = shape[1] * shape[2] * shape[3];
    assertThat(
            Arrays.copyOfRange(
                operated.weights().get("layer2.0.conv1.weight").floats(),
                3 * perFilter,
                4 * perFilter))
        .containsOnly(0);
  }

  @Test
  void all_other_tensors_are_the_same_objects() {
    Network network = RandomNetworks.stock("resnet20", 16, 6);

    Network operated = Surgery.apply(network, plan(new Channel("layer2.0.bn1", 3)));

    Set<String> touched =
        Set.of("layer2.0.bn1.weight", "layer2.0.bn1.bias", "layer2.0.conv1.weight");
    assertThat(operated.weights().names()).isEqualTo(network.weights().names());
    for (String name : network.weights().names()) {
      if (touched.contains(name)) {
        assertThat(operated.weights().get(name)).isNotEqualTo(network.weights().get(name));
      } else {
        assertThat(operated.weights().get(name)).isSameAs(network.weights().get(name));
      }
    }
  }

  @Test
  void operating_twice_changes_nothing_more_and_the_suspect_is_left_as_it_was() {
    Network network = RandomNetworks.stock("wrn-16-1", 16, 7);
    Network copy = RandomNetworks.stock("wrn-16-1", 16, 7);
    PruningSpace space = PruningUnits.of(network.architecture(), UnitKind.STREAM, 0);
    PruningPlan plan = plan(space, some(space, 0.2, 8));

    Network once = Surgery.apply(network, plan);

    assertThat(Surgery.apply(once, plan).weights()).isEqualTo(once.weights());
    assertThat(network.weights()).isEqualTo(copy.weights());
    assertThat(once.weights()).isNotEqualTo(copy.weights());
    assertThat(Surgery.apply(network, PruningPlan.EMPTY).weights()).isEqualTo(network.weights());
  }

  @Test
  void plans_that_do_not_fit_are_refused_and_say_which_layer() {
    Network network = RandomNetworks.stock("resnet20", 16, 6);

    refused(
        network, "layer 'layer9.bn', which resnet20 does not have", new Channel("layer9.bn", 0));
    refused(
        network,
        "'layer2.0.bn1' has 32 channels, the plan prunes number 32",
        new Channel("layer2.0.bn1", 32));
    refused(
        network, "'linear' is neither a convolution nor a batch norm", new Channel("linear", 0));
    assertThatThrownBy(
            () ->
                Surgery.apply(
                    network,
                    new PruningPlan(List.of(new PrunedChannel("layer2.0.bn1", -1, 1, "by hand")))))
        .isInstanceOf(BadPlan.class)
        .hasMessageContaining("number -1");
  }

  @Test
  void a_layer_is_never_emptied_not_even_by_a_plan_that_names_channels_twice() {
    Network network = RandomNetworks.stock("resnet20", 16, 6);
    Channel[] all = new Channel[16];
    Arrays.setAll(all, c -> new Channel("layer1.0.bn1", c));

    refused(network, "leave layer 'layer1.0.bn1' without channels", all);

    Channel[] twice = Arrays.copyOf(all, 17);
    twice[15] = all[0];
    twice[16] = all[1];
    assertThat(largestPerChannel(Surgery.apply(network, plan(twice)), "layer1.0.bn1")[15])
        .isPositive();
  }

  @Test
  void a_plan_carries_score_and_reason_to_every_channel_of_a_unit() {
    Network network = RandomNetworks.stock("resnet18-w8", 16, 9);
    PruningSpace space = PruningUnits.of(network.architecture(), UnitKind.STREAM, 1);
    boolean[] pruned = new boolean[space.size()];
    pruned[2] = true;

    PruningPlan plan = PruningPlan.of(space, pruned, unit -> unit / 4.0, unit -> "unit " + unit);

    assertThat(plan.channels())
        .containsExactly(
            new PrunedChannel("layer4.0.bn2", 2, 0.5, "unit 2"),
            new PrunedChannel("layer4.0.shortcut.1", 2, 0.5, "unit 2"),
            new PrunedChannel("layer4.1.bn2", 2, 0.5, "unit 2"));
  }

  private static void refused(Network network, String why, Channel... channels) {
    assertThatThrownBy(() -> Surgery.apply(network, plan(channels)))
        .isInstanceOf(BadPlan.class)
        .hasMessageContaining(why);
  }

  private static PruningPlan plan(Channel... channels) {
    return new PruningPlan(
        Arrays.stream(channels)
            .map(c -> new PrunedChannel(c.node(), c.index(), 1, "by hand"))
            .toList());
  }

  private static PruningPlan plan(PruningSpace space, boolean[] pruned) {
    return PruningPlan.of(space, pruned, unit -> 1, unit -> "drawn");
  }

  /** About this share of every layer, at least one unit in all, and of no layer every one. */
  private static boolean[] some(PruningSpace space, double share, long seed) {
    Random random = new Random(seed);
    boolean[] pruned = new boolean[space.size()];
    for (List<Integer> layer : space.layers().values()) {
      for (int unit : layer.subList(1, layer.size())) {
        pruned[unit] = random.nextDouble() < share;
      }
    }
    pruned[1] = true;
    assertThat(space.empties(pruned)).isFalse();
    return pruned;
  }

  /** Largest absolute output of each channel of {@code node} over a few images. */
  private static float[] largestPerChannel(Network network, String node) {
    FeatureShape shape = network.architecture().input();
    float[] images = RandomNetworks.images(shape, 3, 11);
    FeatureShape output = network.architecture().node(node).output();
    int positions = output.height() * output.width();
    float[] values =
        Scope.value(
            () ->
                Interpreter.evaluating(network)
                    .activations(Tensor.of(images, shape.batch(3)), Set.of(node))
                    .values()
                    .iterator()
                    .next()
                    .contiguous()
                    .toFloats());
    float[] largest = new float[output.channels()];
    for (int i = 0; i < values.length; i++) {
      int c = i / positions % largest.length;
      largest[c] = Math.max(largest[c], Math.abs(values[i]));
    }
    return largest;
  }

  private static int count(float[] values, float wanted) {
    int count = 0;
    for (float value : values) {
      count += value == wanted ? 1 : 0;
    }
    return count;
  }

  private static void assertClose(float[] actual, float[] expected, double relative) {
    assertThat(actual).hasSameSizeAs(expected);
    double tolerance = relative * Math.max(1, largest(expected));
    for (int i = 0; i < actual.length; i++) {
      assertThat((double) actual[i]).isCloseTo(expected[i], within(tolerance));
    }
  }

  private static double distance(float[] a, float[] b) {
    double most = 0;
    for (int i = 0; i < a.length; i++) {
      most = Math.max(most, Math.abs(a[i] - b[i]));
    }
    return most;
  }

  private static double largest(float[] values) {
    return distance(values, new float[values.length]);
  }
}
