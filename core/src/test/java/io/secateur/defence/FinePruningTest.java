package io.secateur.defence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.secateur.agent.PlantedChannel;
import io.secateur.data.CleanSample;
import io.secateur.data.ImageSet;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.nn.ArchitectureBuilder;
import io.secateur.nn.Interpreter;
import io.secateur.nn.Layer;
import io.secateur.nn.Network;
import io.secateur.nn.RandomNetworks;
import io.secateur.prune.PrunedChannel;
import io.secateur.prune.PruningPlan;
import io.secateur.prune.Surgery;
import io.secateur.run.RunContext;
import io.secateur.train.BatchSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FinePruningTest {
  private static final FineTuning.Settings SHORT = new FineTuning.Settings(2, 0.01, 20);

  private final RunContext run = RunContext.quiet(1);
  private final CleanSample sample = PlantedChannel.sample();

  @Test
  void channels_are_ordered_by_what_a_naive_loop_says_of_their_mean_activation() {
    Network network = RandomNetworks.stock("resnet20", 8, 4);
    ImageSet images = PlantedChannel.images(4, 5);

    List<PrunedChannel> order = FinePruning.order(network, images);

    double[] means = naiveMeans(network, images, "layer3.2.relu2");
    List<Integer> expected =
        IntStream.range(0, means.length)
            .boxed()
            .sorted(Comparator.comparingDouble(k -> means[k]))
            .toList();
    assertThat(order).extracting(PrunedChannel::index).isEqualTo(expected);
    assertThat(order.get(0).reason()).endsWith("number 1 of 64 from below");
    assertThat(order)
        .extracting(PrunedChannel::score)
        .isSortedAccordingTo(Comparator.reverseOrder());
  }

  private static double[] naiveMeans(Network network, ImageSet images, String node) {
    int[] all = images.indices();
    float[] values =
        Scope.value(
            () ->
                Interpreter.evaluating(network)
                    .activations(Tensor.of(images.floats(all), all.length, 3, 8, 8), Set.of(node))
                    .values()
                    .iterator()
                    .next()
                    .contiguous()
                    .toFloats());
    var shape = network.architecture().node(node).output();
    int positions = shape.height() * shape.width();
    double[] means = new double[shape.channels()];
    for (int i = 0; i < values.length; i++) {
      means[i / positions % shape.channels()] += values[i] / (double) (positions * all.length);
    }
    return means;
  }

  @Test
  void the_channel_that_clean_images_never_use_goes_first_and_the_trigger_with_it() {
    Network suspect = PlantedChannel.infected();
    Treatment fp = new FinePruning(new FinePruning.Settings(0.01, new Cut.HoldOut(10), none()));

    Treatment.Treated treated = fp.treat(suspect, sample, run);

    assertThat(treated.plan().channels().get(0).layer()).isEqualTo(PlantedChannel.LAYER);
    assertThat(treated.plan().channels().get(0).index()).isEqualTo(PlantedChannel.CHANNEL);
    Scripted trigger = Scripted.target(4);
    assertThat(trigger.success(suspect, sample.holdOut())).isEqualTo(1);
    assertThat(trigger.success(treated.network(), sample.holdOut())).isLessThan(0.3);
    assertThat(treated.network()).isEqualTo(Surgery.apply(suspect, treated.plan()));
  }

  @Test
  void pruning_ends_before_the_first_step_that_costs_more_than_the_tolerance() {
    Network suspect = PlantedChannel.infected();

    PruningPlan careful = plan(new Cut.HoldOut(1), 0.01);
    PruningPlan reckless = plan(new Cut.HoldOut(100), 0.01);

    HoldOutAccuracy accuracy = new HoldOutAccuracy(suspect, sample.holdOut(), run);
    assertThat(accuracy.before()).isEqualTo(100);
    assertThat(accuracy.drop(careful)).isLessThan(1);
    int kept = careful.channels().size();
    List<PrunedChannel> next = new ArrayList<>(careful.channels());
    next.add(reckless.channels().get(kept));
    assertThat(accuracy.drop(new PruningPlan(next))).isGreaterThanOrEqualTo(1);
    assertThat(reckless.channels()).hasSize(12);
  }

  @Test
  void a_share_that_the_user_names_is_pruned_whatever_it_costs() {
    assertThat(plan(new Cut.Fixed(0.5), 0.01).channels()).hasSize(6);
    assertThat(plan(new Cut.Fixed(0), 0.01).channels()).isEmpty();
  }

  @Test
  void behind_shortcuts_that_reach_far_back_every_layer_keeps_a_channel() {
    Network network = RandomNetworks.stock("resnet20", 8, 4);
    Treatment fp = new FinePruning(new FinePruning.Settings(0.01, new Cut.Fixed(0.999), none()));
    CleanSample other = tenClasses(sample);

    PruningPlan plan = fp.treat(network, other, run).plan();

    plan.channels().stream()
        .collect(Collectors.groupingBy(PrunedChannel::layer))
        .forEach(
            (layer, pruned) ->
                assertThat(pruned.size())
                    .isLessThan(network.architecture().node(layer).output().channels()));
    assertThat(plan.channels()).extracting(PrunedChannel::layer).contains("bn1", "layer3.2.bn2");
  }

  @Test
  void fine_tuning_leaves_pruned_channels_at_zero_and_moves_the_others() {
    Network network = leaky();
    PruningPlan plan =
        new PruningPlan(
            List.of(
                new PrunedChannel("norm", 1, 1, "by hand"),
                new PrunedChannel("bare", 2, 1, "by hand")));
    Network pruned = Surgery.apply(network, plan);

    Network tuned = FineTuning.tune(SHORT, pruned, plan, BatchSource.of(sample.tune()), run);

    assertThat(Surgery.apply(tuned, plan)).isEqualTo(tuned);
    assertThat(tuned.weights().get("norm.bias").at(1)).isZero();
    assertThat(tuned.weights().get("bare.bias").at(2)).isZero();
    assertThat(tuned.weights().get("norm.bias").at(0))
        .isNotEqualTo(pruned.weights().get("norm.bias").at(0));
    // what reads a channel that is zero gets no gradient but that of the weight decay
    float[] before = pruned.weights().get("bare.weight").floats();
    float[] after = tuned.weights().get("bare.weight").floats();
    for (int tap = 0; tap < 9; tap++) {
      assertThat(Math.abs(after[9 + tap])).isLessThanOrEqualTo(Math.abs(before[9 + tap]));
    }
  }

  private static Network leaky() {
    var net = new ArchitectureBuilder("leaky", PlantedChannel.images(1, 1).shape());
    String x = net.batchNorm("norm", net.conv("conv", net.input(), 4, 3, 1, 1, false));
    x = net.conv("bare", net.add("slope", new Layer.LeakyRelu(0.1), x), 4, 3, 1, 1, true);
    x = net.add("slope2", new Layer.LeakyRelu(0.1), x);
    net.linear("fc", net.add("flat", new Layer.Flatten(), x), 6);
    return RandomNetworks.of(net.build(), 5);
  }

  @Test
  void settings_and_networks_that_do_not_fit_are_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new FinePruning.Settings(0, new Cut.HoldOut(1), none()))
        .withMessage("the step must be in (0, 1], got 0.0");
    var net = new ArchitectureBuilder("perceptron", PlantedChannel.images(1, 1).shape());
    String x = net.linear("hidden", net.add("flat", new Layer.Flatten(), net.input()), 8);
    net.linear("fc", net.relu("relu", x), 6);
    Network perceptron = RandomNetworks.of(net.build(), 5);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new FinePruning(FinePruning.Settings.DEFAULT).check(perceptron))
        .withMessageContaining("perceptron has none; expected a convolutional network");
  }

  private PruningPlan plan(Cut cut, double step) {
    return new FinePruning(new FinePruning.Settings(step, cut, none()))
        .treat(PlantedChannel.infected(), sample, run)
        .plan();
  }

  private static Optional<FineTuning.Settings> none() {
    return Optional.empty();
  }

  /** The same images as members of ten classes, of which six have some. */
  static CleanSample tenClasses(CleanSample sample) {
    return new CleanSample(tenClasses(sample.tune()), tenClasses(sample.holdOut()));
  }

  private static ImageSet tenClasses(ImageSet images) {
    byte[] pixels = new byte[images.size() * images.shape().size()];
    for (int i = 0; i < images.size(); i++) {
      System.arraycopy(
          images.pixels(i), 0, pixels, i * images.shape().size(), images.shape().size());
    }
    List<String> names = IntStream.range(0, 10).mapToObj(label -> "class " + label).toList();
    return ImageSet.of(images.name(), images.shape(), names, images.labels(), pixels);
  }
}
