package io.secateur.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.secateur.engine.PlainConvolutions;
import io.secateur.nn.ArchitectureBuilder;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Layer;
import io.secateur.nn.Network;
import io.secateur.nn.RandomNetworks;
import io.secateur.nn.Window;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A compacted network computes what the masked one does, with fewer numbers. */
class CompactionTest {
  private static final FeatureShape IMAGE = new FeatureShape(3, 8, 8);

  @ParameterizedTest
  @CsvSource({
    "resnet18-w8, 16, STREAM",
    "resnet18-w8, 16, INNER",
    "resnet50-w8, 32, INNER",
    "resnet20, 16, STREAM",
    "resnet20, 16, INNER",
    "preactresnet18-w8, 16, STREAM",
    "preactresnet18-w8, 16, INNER",
    "wrn-16-1, 16, STREAM",
    "wrn-16-1, 16, INNER",
    "mobilenetv2-w8, 16, STREAM",
    "mobilenetv2-w8, 16, INNER",
    "vgg11-bn-w16, 32, INNER",
    "smallvgg, 32, INNER",
  })
  void whole_groups_are_gone_from_every_stock_family(String name, int side, UnitKind kind) {
    Network network = RandomNetworks.stock(name, side, 1);
    PruningSpace space = PruningUnits.of(network.architecture(), kind, 0);
    PruningPlan plan = some(space, 0.3, 2);

    Compaction compaction = assertSameLogits(network, plan);

    assertThat(compaction.masked()).isEmpty();
    assertThat(compaction.removed()).isEqualTo(plan.channels().size());
    assertThat(compaction.network().weights().parameters())
        .isLessThan(network.weights().parameters());
    assertThat(compaction.network().architecture().macs())
        .isLessThan(network.architecture().macs());
  }

  @ParameterizedTest
  @CsvSource({
    "resnet20, 16",
    "preactresnet18-w8, 16",
    "wrn-16-1, 16",
    "mobilenetv2-w8, 16",
    "vgg11-bn-w16, 32",
  })
  void what_single_batch_norms_leave_behind_stays_masked_and_is_listed(String name, int side) {
    Network network = RandomNetworks.stock(name, side, 3);
    PruningPlan plan =
        some(PruningUnits.of(network.architecture(), UnitKind.BATCH_NORM, 0), 0.3, 4);

    Compaction compaction = assertSameLogits(network, plan);

    int listed = compaction.masked().stream().mapToInt(masked -> masked.channels().size()).sum();
    assertThat(compaction.removed() + listed).isEqualTo(plan.channels().size());
    assertThat(compaction.masked()).allSatisfy(masked -> assertThat(masked.reason()).isNotBlank());
  }

  @Test
  void a_chain_loses_filters_and_the_columns_that_read_them() {
    var net = new ArchitectureBuilder("chain", IMAGE);
    String x = net.relu("r1", net.batchNorm("b1", net.conv("c1", net.input(), 6, 3, 1, 1, false)));
    x = net.relu("r2", net.conv("c2", x, 5, 3, 1, 1, true));
    Network network = headed(net, x);

    Compaction compaction = assertSameLogits(network, plan("b1 1 4", "c2 0"));

    assertShape(compaction, "c1.weight", 4, 3, 3, 3);
    assertShape(compaction, "b1.running_var", 4);
    assertShape(compaction, "c2.weight", 4, 4, 3, 3);
    assertShape(compaction, "c2.bias", 4);
    assertShape(compaction, "fc.weight", 10, 4);
    assertThat(compaction.network().architecture().macs())
        .isEqualTo(64 * 4 * 27 + 64 * 4 * 36 + 10 * 4);
  }

  @Test
  void flattened_positions_leave_with_their_channel() {
    var net = new ArchitectureBuilder("flat", IMAGE);
    String x = net.batchNorm("b", net.conv("c", net.input(), 4, 3, 1, 0, false));
    net.linear("fc", net.add("flat", new Layer.Flatten(), net.relu("r", x)), 7);
    Network network = RandomNetworks.of(net.build(), 5);

    Compaction compaction = assertSameLogits(network, plan("b 2"));

    assertShape(compaction, "fc.weight", 7, 3 * 36);
    float[] whole = network.weights().get("fc.weight").floats();
    assertThat(compaction.network().weights().get("fc.weight").floats())
        .startsWith(Arrays.copyOf(whole, 72))
        .doesNotContain(Arrays.copyOfRange(whole, 72, 108));
  }

  @Test
  void a_residual_stream_loses_a_channel_only_if_all_that_write_it_are_silent() {
    Network network = residual();

    Compaction part = assertSameLogits(network, plan("b1 1"));
    Compaction whole = assertSameLogits(network, plan("b0 1", "b1 1"));

    assertThat(part.smaller()).isFalse();
    assertThat(part.masked())
        .containsExactly(
            new Compaction.Masked("b1", List.of(1), "'add' adds values that are not pruned"));
    assertThat(whole.masked()).isEmpty();
    assertShape(whole, "c1.weight", 5, 5, 3, 3);
  }

  @Test
  void zero_channels_of_a_shortcut_leave_with_the_stream_they_are_added_to() {
    var net = new ArchitectureBuilder("option-a", IMAGE);
    String a = net.relu("r0", net.batchNorm("b0", net.conv("c0", net.input(), 4, 3, 1, 1, false)));
    String b = net.batchNorm("b1", net.conv("c1", a, 8, 3, 2, 1, false));
    String s = net.add("s", new Layer.ChannelPad(2, 2), net.add("e", new Layer.Subsample(2), a));
    Network network = headed(net, net.relu("r", net.add("add", new Layer.Add(), b, s)));

    Compaction padded = assertSameLogits(network, plan("b1 0 7"));
    Compaction carried = assertSameLogits(network, plan("b0 1", "b1 3"));

    assertThat(padded.network().architecture().node("s").layer())
        .isEqualTo(new Layer.ChannelPad(1, 1));
    assertThat(carried.network().architecture().node("s").layer())
        .isEqualTo(new Layer.ChannelPad(2, 2));
    assertShape(carried, "c1.weight", 7, 3, 3, 3);
    assertThat(assertSameLogits(network, plan("b1 3")).masked()).hasSize(1);
  }

  @Test
  void a_pre_activation_norm_leaves_only_if_the_stream_before_it_is_silent_too() {
    var net = new ArchitectureBuilder("pre-act", IMAGE);
    String x = net.conv("c0", net.input(), 5, 3, 1, 1, false);
    String y = net.relu("r1", net.batchNorm("b1", x));
    x = net.add("add", new Layer.Add(), net.conv("c1", y, 5, 3, 1, 1, false), x);
    Network network = headed(net, net.relu("r2", net.batchNorm("b2", x)));

    Compaction norm = assertSameLogits(network, plan("b1 2"));
    Compaction stream = assertSameLogits(network, plan("c0 2", "c1 2"));
    Compaction whole = assertSameLogits(network, plan("c0 2", "c1 2", "b1 2", "b2 2"));

    assertThat(norm.smaller()).isFalse();
    assertThat(norm.masked())
        .containsExactly(
            new Compaction.Masked("b1", List.of(2), "'c0' holds values that are not pruned"));
    assertThat(stream.masked())
        .extracting(Compaction.Masked::reason)
        .containsOnly("'b1' makes a constant of the zero");
    assertThat(whole.masked()).isEmpty();
    assertShape(whole, "c1.weight", 4, 4, 3, 3);
  }

  @Test
  void parts_of_a_concatenation_shrink_by_themselves() {
    var net = new ArchitectureBuilder("dense", IMAGE);
    String a = net.relu("ra", net.batchNorm("ba", net.conv("ca", net.input(), 4, 3, 1, 1, false)));
    String b = net.relu("rb", net.batchNorm("bb", net.conv("cb", a, 3, 3, 1, 1, false)));
    String both = net.add("cat", new Layer.Concat(), a, b);
    Network network = headed(net, net.conv("cc", both, 6, 1, 1, 0, true));

    Compaction compaction = assertSameLogits(network, plan("ba 3", "bb 0"));

    assertThat(compaction.masked()).isEmpty();
    assertShape(compaction, "cb.weight", 2, 3, 3, 3);
    assertShape(compaction, "cc.weight", 6, 5, 1, 1);
  }

  @Test
  void a_depthwise_convolution_is_gone_with_its_channel() {
    var net = new ArchitectureBuilder("depthwise", IMAGE);
    String x = net.batchNorm("b1", net.conv("c1", net.input(), 6, 1, 1, 0, false));
    x = net.add("six", new Layer.Clip(0, 6), x);
    x = net.relu("r2", net.batchNorm("b2", net.depthwise("d", x, 3, 1, 1)));
    Network network = headed(net, net.conv("c3", x, 4, 1, 1, 0, true));

    // the second norm alone tells that nobody listens to the first
    Compaction compaction = assertSameLogits(network, plan("b2 0 5"));

    assertThat(compaction.masked()).isEmpty();
    assertShape(compaction, "c1.weight", 4, 3, 1, 1);
    assertShape(compaction, "d.weight", 4, 1, 3, 3);
    assertThat(assertSameLogits(network, plan("b1 0")).masked())
        .containsExactly(
            new Compaction.Masked("b1", List.of(0), "'b2' makes a constant of the zero"));
  }

  @Test
  void the_bias_of_a_depthwise_convolution_is_no_zero() {
    for (boolean bias : new boolean[] {false, true}) {
      var net = new ArchitectureBuilder("biased", IMAGE);
      String x =
          net.relu("r1", net.batchNorm("b1", net.conv("c1", net.input(), 4, 1, 1, 0, false)));
      x = net.add("d", new Layer.Conv2d(4, 4, Window.square(3, 1, 1), 4, bias), x);
      Network network = headed(net, x);

      Compaction compaction = assertSameLogits(network, plan("b1 2"));

      assertThat(compaction.smaller()).isEqualTo(!bias);
      assertThat(compaction.masked())
          .extracting(Compaction.Masked::reason)
          .isEqualTo(bias ? List.of("'d' adds its bias to the zero") : List.of());
    }
  }

  @Test
  void a_grouped_convolution_loses_equally_many_channels_of_each_group_or_whole_groups() {
    Network network = grouped();

    Compaction uneven = assertSameLogits(network, plan("b1 0 1 4"));
    Compaction group = assertSameLogits(network, plan("b1 3 4 5", "b2 2 3"));

    assertThat(uneven.removed()).isEqualTo(2);
    assertThat(uneven.masked())
        .containsExactly(
            new Compaction.Masked(
                "b1", List.of(1), "'c2' needs equally many channels in each of its groups"));
    assertShape(uneven, "c2.weight", 4, 2, 3, 3);
    assertThat(group.masked()).isEmpty();
    assertShape(group, "c1.weight", 3, 3, 1, 1);
    assertShape(group, "c2.weight", 2, 3, 3, 3);
    assertThat(((Layer.Conv2d) group.network().architecture().node("c2").layer()).groups())
        .isEqualTo(1);
  }

  @Test
  void one_zero_factor_silences_a_product_and_a_sigmoid_of_zero_is_no_zero() {
    Network network = gated();

    Compaction factor = assertSameLogits(network, plan("b 1"));
    Compaction squeezed = assertSameLogits(network, plan("s1 0"));
    Compaction gate = assertSameLogits(network, plan("s2 1"));

    assertThat(factor.masked()).isEmpty();
    assertShape(factor, "s2.weight", 5, 3, 1, 1);
    assertShape(factor, "s1.weight", 3, 5, 1, 1);
    assertThat(squeezed.masked()).isEmpty();
    assertShape(squeezed, "s2.weight", 6, 2, 1, 1);
    assertThat(gate.masked())
        .containsExactly(
            new Compaction.Masked("s2", List.of(1), "'sig' makes a constant of the zero"));
  }

  @Test
  void a_plan_that_would_empty_a_layer_is_refused() {
    assertThatThrownBy(() -> Compaction.of(residual(), plan("b1 0 1 2 3 4 5")))
        .isInstanceOf(BadPlan.class)
        .hasMessageContaining("leave layer 'b1' without channels");
  }

  @Test
  void where_two_plans_for_one_product_leave_nothing_one_channel_stays() {
    Network network = gated();

    // x loses 0 to 2, the gate 3 to 5 (its rectifier keeps zero): the product is zero throughout
    Network relu = gated(new Layer.Relu());
    Compaction compaction = assertSameLogits(relu, plan("b 0 1 2", "s2 3 4 5"));

    assertThat(network.classes()).isEqualTo(relu.classes());
    assertThat(compaction.network().architecture().node("mul").output().channels()).isEqualTo(1);
    assertThat(compaction.masked()).isNotEmpty();
  }

  @Test
  void nothing_planned_is_nothing_changed() {
    Network network = residual();

    Compaction compaction = Compaction.of(network, PruningPlan.EMPTY);

    assertThat(compaction.smaller()).isFalse();
    assertThat(compaction.network()).isEqualTo(network);
  }

  @Test
  void random_plans_on_random_graphs_change_no_logit() {
    long first = Long.getLong("secateur.seed", new Random().nextLong());
    int smaller = 0;
    for (long seed = first; seed < first + 150; seed++) {
      Random random = new Random(seed);
      Network network = RandomGraphs.network(random);
      PruningPlan plan = randomPlan(network, random);
      try {
        Compaction compaction = assertSameLogits(network, plan);
        smaller += compaction.smaller() ? 1 : 0;
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError(
            "-Dsecateur.seed=" + seed + ": " + network.architecture().nodes() + " " + plan, e);
      }
    }
    assertThat(smaller).as("-Dsecateur.seed=" + first).isGreaterThan(75);
  }

  /** Single channels and whole groups, of no layer all. */
  private static PruningPlan randomPlan(Network network, Random random) {
    List<PruningUnit> units =
        Stream.of(UnitKind.BATCH_NORM, UnitKind.INNER, UnitKind.STREAM)
            .flatMap(
                kind -> {
                  try {
                    return PruningUnits.of(network.architecture(), kind, 0).units().stream();
                  } catch (NoSuchUnits e) {
                    return Stream.of();
                  }
                })
            .filter(unit -> unit.channels().stream().allMatch(c -> c.index() > 0))
            .filter(unit -> random.nextDouble() < (unit.channels().size() > 1 ? 0.4 : 0.15))
            .toList();
    return new PruningPlan(
        units.stream()
            .flatMap(unit -> unit.channels().stream())
            .distinct()
            .map(c -> new PrunedChannel(c.node(), c.index(), 1, "drawn"))
            .toList());
  }

  private static Network residual() {
    var net = new ArchitectureBuilder("residual", IMAGE);
    String x = net.batchNorm("b0", net.conv("c0", net.input(), 6, 3, 1, 1, false));
    x = net.relu("r0", x);
    String y = net.batchNorm("b1", net.conv("c1", x, 6, 3, 1, 1, false));
    return headed(net, net.relu("r1", net.add("add", new Layer.Add(), y, x)));
  }

  private static Network grouped() {
    var net = new ArchitectureBuilder("grouped", IMAGE);
    String x = net.batchNorm("b1", net.conv("c1", net.input(), 6, 1, 1, 0, false));
    x = net.relu("r1", x);
    x = net.add("c2", new Layer.Conv2d(6, 4, Window.square(3, 1, 1), 2, false), x);
    return headed(net, net.relu("r2", net.batchNorm("b2", x)));
  }

  private static Network gated() {
    return gated(new Layer.Sigmoid());
  }

  private static Network gated(Layer.Activation gate) {
    var net = new ArchitectureBuilder("gated", IMAGE);
    String x = net.batchNorm("b", net.conv("c", net.input(), 6, 3, 1, 1, false));
    x = net.add("swish", new Layer.HardSwish(), x);
    String s = net.add("gap", new Layer.GlobalAveragePool(), x);
    s = net.relu("sr", net.conv("s1", s, 3, 1, 1, 0, true));
    s = net.add("sig", gate, net.conv("s2", s, 6, 1, 1, 0, true));
    return headed(net, net.add("mul", new Layer.Multiply(), x, s));
  }

  private static Network headed(ArchitectureBuilder net, String x) {
    String flat =
        net.add("flat", new Layer.Flatten(), net.add("p", new Layer.GlobalAveragePool(), x));
    net.linear("fc", flat, 10);
    return RandomNetworks.of(net.build(), 5);
  }

  private static Compaction assertSameLogits(Network network, PruningPlan plan) {
    Compaction compaction = Compaction.of(network, plan);
    float[] images = RandomNetworks.images(network.architecture().input(), 3, 6);
    float[] masked = logits(Surgery.apply(network, plan), images);
    float[] compact = logits(compaction.network(), images);
    assertThat(compact).hasSameSizeAs(masked);
    for (int i = 0; i < masked.length; i++) {
      double tolerance = 1e-4 * Math.max(1, Math.abs(masked[i]));
      assertThat((double) compact[i]).isCloseTo(masked[i], within(tolerance));
    }
    return compaction;
  }

  /** Odd numbers of channels are where oneDNN was seen to fail forwards too, on an AMD Zen 5. */
  private static float[] logits(Network network, float[] images) {
    return PlainConvolutions.in(() -> RandomNetworks.logits(network, images, Map.of()));
  }

  private static void assertShape(Compaction compaction, String tensor, int... shape) {
    assertThat(compaction.network().weights().get(tensor).shape()).as(tensor).isEqualTo(shape);
  }

  /** Each text names a layer and its channels. */
  private static PruningPlan plan(String... layers) {
    return new PruningPlan(
        Arrays.stream(layers)
            .map(text -> text.split(" "))
            .flatMap(
                words ->
                    Arrays.stream(words)
                        .skip(1)
                        .map(c -> new PrunedChannel(words[0], Integer.parseInt(c), 1, "by hand")))
            .toList());
  }

  /** About this share of the units, and of no layer the first. */
  private static PruningPlan some(PruningSpace space, double share, long seed) {
    Random random = new Random(seed);
    boolean[] pruned = new boolean[space.size()];
    for (List<Integer> layer : space.layers().values()) {
      for (int unit : layer.subList(1, layer.size())) {
        pruned[unit] = random.nextDouble() < share;
      }
    }
    pruned[1] = true;
    assertThat(space.empties(pruned)).isFalse();
    return PruningPlan.of(space, pruned, unit -> 1, unit -> "drawn");
  }
}
