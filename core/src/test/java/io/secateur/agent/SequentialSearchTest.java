package io.secateur.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.secateur.agent.PpoSequentialSettings.Credit;
import io.secateur.data.CleanSample;
import io.secateur.data.ImageSet;
import io.secateur.engine.NumberFormat;
import io.secateur.engine.OneThread;
import io.secateur.engine.Scope;
import io.secateur.graph.ConnectionGraph;
import io.secateur.nn.ArchitectureBuilder;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Layer;
import io.secateur.nn.Network;
import io.secateur.nn.Preprocessing;
import io.secateur.nn.RandomNetworks;
import io.secateur.nn.WeightTensor;
import io.secateur.nn.Weights;
import io.secateur.prune.PruningSpace;
import io.secateur.prune.PruningUnit;
import io.secateur.prune.PruningUnits;
import io.secateur.prune.UnitKind;
import io.secateur.run.RunContext;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(OneThread.class)
class SequentialSearchTest {
  private static final SequentialSearch SHORT = search(true, true, 96, 4);

  @Test
  void finds_exactly_the_planted_channel() {
    SearchResult found = MaskSearchTest.finds(SHORT, Reward.DEFAULT);

    assertThat(found.curve().length()).isEqualTo(found.iterations()).isPositive();
  }

  @Test
  void finds_it_among_all_units_and_on_all_images_too() {
    SequentialSearch all =
        new SequentialSearch(SHORT.graph(), false, false, 0, 0, 0.05, 0.005, SHORT.ppo());

    MaskSearchTest.finds(all, Reward.hard(2, 0.005));
  }

  @Test
  void what_lies_below_delta_is_never_pruned() {
    try (Scope scope = Scope.open()) {
      PruningProblem problem = problem(sleeping(), PlantedChannel.space(), Reward.DEFAULT);

      SearchResult awake = search(false, true, 96, 4).search(problem, RunContext.quiet(3));
      SearchResult dropped = SHORT.search(problem, RunContext.quiet(3));

      assertThat(awake.pruned()).isEqualTo(PlantedChannel.solution());
      boolean[] above = ConnectionGraph.conserved(problem.network(), problem.space(), 0.5);
      assertThat(above[PlantedChannel.CHANNEL]).isFalse();
      for (int unit = 0; unit < above.length; unit++) {
        assertThat(above[unit] || !dropped.pruned()[unit]).isTrue();
        assertThat(dropped.probabilities()[unit] > 0).isEqualTo(above[unit]);
      }
    }
  }

  @Test
  void the_same_seed_gives_the_same_search() {
    try (Scope scope = Scope.open()) {
      PruningProblem problem = PlantedChannel.problem(Reward.DEFAULT);
      SequentialSearch shortly = search(false, true, 16, 4);

      SearchResult first = shortly.search(problem, RunContext.quiet(1));

      assertThat(shortly.search(problem, RunContext.quiet(1))).isEqualTo(first);
      assertThat(shortly.search(problem, RunContext.quiet(2))).isNotEqualTo(first);
    }
  }

  @Test
  void a_mask_that_empties_a_layer_ends_its_episode_and_is_never_handed_out() {
    Network network = TwoStages.infected();
    PruningSpace space =
        TwoStages.space(network, Set.of("norm2.0", "norm2.1", "norm2.2", "norm2.3", "norm2.4"));
    try (Scope scope = Scope.open()) {
      // accuracy costs nothing and ends nothing, and an empty layer would stop every attack
      PruningProblem problem = problem(network, space, Reward.hard(0, 1));
      SequentialSearch reckless =
          new SequentialSearch(SHORT.graph(), false, true, 30, 20, 1, 0, oneByOne(64, 9));

      SearchResult found = reckless.search(problem, RunContext.quiet(1));

      LearningCurve curve = found.curve();
      int[] emptied =
          IntStream.range(0, curve.length()).filter(e -> curve.pruned()[e] == 4).toArray();
      assertThat(emptied).isNotEmpty();
      for (int episode : emptied) {
        assertThat(curve.meanPhi()[episode]).isEqualTo(-1);
      }
      assertThat(space.empties(found.pruned())).isFalse();
      assertThat(found.score()).isFinite();
    }
  }

  @Test
  void nothing_is_pruned_where_the_hold_out_images_gain_nothing() {
    ImageSet all = PlantedChannel.images(10, 1);
    int[] labels = all.labels(all.indices());
    int[] notGreen =
        Arrays.stream(all.indices()).filter(i -> labels[i] % 3 != 1).toArray(); // 1 and 4 are green
    try (Scope scope = Scope.open()) {
      // without green images the green channels seem to be of use to the target alone
      PruningProblem problem =
          new PruningProblem(
              sleeping(),
              PlantedChannel.space(),
              List.of(PlantedChannel.trigger()),
              PlantedChannel.TARGET,
              new CleanSample(all.select(notGreen), PlantedChannel.images(4, 2)),
              0,
              new Reward(5, 0.005, 0.3, 0.5, 0),
              NumberFormat.FLOAT32);
      boolean[] nothing = new boolean[problem.space().size()];

      SearchResult found = SHORT.search(problem, RunContext.quiet(3));

      double best = Arrays.stream(found.curve().bestPhi()).max().orElseThrow();
      assertThat(best).isGreaterThan(problem.tunePhi(nothing));
      assertThat(found.pruned()).isEqualTo(nothing);
      assertThat(found.score()).isEqualTo(problem.holdOutPhi(nothing));
    }
  }

  @Test
  void a_finished_search_is_replayed_without_a_single_measurement() {
    MaskSearchTest.replays(search(false, true, 32, 4), Integer.MAX_VALUE);
  }

  @Test
  void an_interrupted_search_goes_on_to_the_same_result() {
    MaskSearchTest.replays(search(false, true, 32, 4), 9);
  }

  @Test
  void a_later_group_goes_on_from_what_the_deeper_one_pruned() {
    Network network = TwoStages.infected();
    PruningSpace space = TwoStages.space(network, Set.of("norm2.3"));
    try (Scope scope = Scope.open()) {
      PruningProblem problem = problem(network, space, Reward.DEFAULT);

      SearchResult found = search(false, true, 96, 3).search(problem, RunContext.quiet(3));

      assertThat(TwoStages.names(space, found.pruned())).containsExactly("norm1.3", "norm2.4");
      assertThat(found.curve().length()).isEqualTo(found.iterations());
    }
  }

  @Test
  void where_a_group_reaches_the_goal_no_further_one_is_touched() {
    Network network = TwoStages.infected();
    PruningSpace space = TwoStages.space(network, Set.of());
    try (Scope scope = Scope.open()) {
      PruningProblem problem = problem(network, space, Reward.DEFAULT);

      SearchResult found = search(false, true, 96, 3).search(problem, RunContext.quiet(3));

      assertThat(TwoStages.names(space, found.pruned())).containsExactly("norm2.3", "norm2.4");
      for (int unit : space.layers().getOrDefault("norm1", List.of())) {
        assertThat(found.probabilities()[unit]).isZero();
      }
    }
  }

  @Test
  void groups_are_the_stages_deepest_first_each_with_its_larger_half() {
    Network network = RandomNetworks.stock("resnet18-w8", 16, 4);
    for (UnitKind kind : UnitKind.values()) {
      PruningSpace space = PruningUnits.of(network.architecture(), kind, 2);
      boolean[] above = ConnectionGraph.conserved(network, space, 0.5);

      List<List<Integer>> groups = SHORT.groups(network, space);

      assertThat(groups).hasSize(2);
      for (int unit = 0; unit < space.size(); unit++) {
        boolean last = space.units().get(unit).layer().startsWith("layer4.");
        assertThat(groups.get(0).contains(unit)).isEqualTo(last && above[unit]);
        assertThat(groups.get(1).contains(unit)).isEqualTo(!last && above[unit]);
      }
    }
  }

  @Test
  void without_groups_or_dormant_units_one_agent_has_everything() {
    Network network = RandomNetworks.stock("resnet18-w8", 16, 4);
    PruningSpace space = PruningUnits.of(network.architecture(), UnitKind.STREAM, 2);

    assertThat(search(false, false, 1, 1).groups(network, space))
        .containsExactly(IntStream.range(0, space.size()).boxed().toList());
  }

  @Test
  void nonsense_is_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new SequentialSearch(SHORT.graph(), true, true, -1, 0, 0.05, 0, SHORT.ppo()))
        .withMessageContaining("got -1 and 0");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new SequentialSearch(SHORT.graph(), true, true, 1, 1, 5, 0.5, SHORT.ppo()))
        .withMessageContaining("got 5.0 and 0.5");
  }

  private static SequentialSearch search(
      boolean dropDormant, boolean perGroup, int episodes, int steps) {
    PpoSequentialSettings ppo =
        Toys.episodes(episodes, episodes, steps, 1, EncoderKind.GAT, Credit.EACH_STEP);
    return new SequentialSearch(
        ConnectionGraph.Settings.PAPER, dropDormant, perGroup, 60, 50, 0.05, 0.005, ppo);
  }

  /** Settings under which every episode is an update, and so a point of the learning curve. */
  private static PpoSequentialSettings oneByOne(int episodes, int steps) {
    PpoSequentialSettings d = PpoSequentialSettings.DEFAULT;
    return new PpoSequentialSettings(
        EncoderKind.MLP,
        d.credit(),
        episodes,
        1,
        steps,
        1,
        episodes,
        d.gamma(),
        d.lambda(),
        1,
        d.minibatch(),
        d.learningRate(),
        d.clip(),
        d.entropy(),
        d.valueWeight(),
        d.gradientClip());
  }

  private static PruningProblem problem(Network network, PruningSpace space, Reward reward) {
    return new PruningProblem(
        network,
        space,
        List.of(PlantedChannel.trigger()),
        PlantedChannel.TARGET,
        PlantedChannel.sample(),
        0,
        reward,
        NumberFormat.FLOAT32);
  }

  /** The planted network with the backdoor's channel a tenth as large and read ten times harder. */
  private static Network sleeping() {
    Network loud = PlantedChannel.infected();
    int channel = PlantedChannel.CHANNEL;
    float[] gamma = loud.weights().get("norm.weight").floats();
    float[] beta = loud.weights().get("norm.bias").floats();
    float[] read = loud.weights().get("fc.weight").floats();
    int pixels = loud.architecture().node("norm").output().size() / gamma.length;
    int inputs = gamma.length * pixels;
    gamma[channel] *= 0.1f;
    beta[channel] *= 0.1f;
    for (int i = 0; i < read.length; i++) {
      read[i] *= i % inputs / pixels == channel ? 10 : 1;
    }
    Map<String, WeightTensor> quiet = new LinkedHashMap<>();
    quiet.put("norm.weight", loud.weights().get("norm.weight").withFloats(gamma));
    quiet.put("norm.bias", loud.weights().get("norm.bias").withFloats(beta));
    quiet.put("fc.weight", loud.weights().get("fc.weight").withFloats(read));
    return new Network(loud.architecture(), loud.weights().with(quiet), loud.preprocessing());
  }

  /**
   * A backdoor that takes two ways. Stage 1 (8 x 8) has a channel for each colour and norm1.3,
   * which answers to white; stage 2 (4 x 4) passes these on, white as norm2.3, and has norm2.4,
   * which finds white in the colours. Either way alone forces the target on some images only.
   */
  private static final class TwoStages {
    private static final float THRESHOLD = 0.3f;

    static Network infected() {
      var net = new ArchitectureBuilder("two-stages", new FeatureShape(3, 8, 8));
      String x = net.batchNorm("norm1", net.conv("conv1", net.input(), 4, 1, 1, 0, false));
      x = net.conv("conv2", net.relu("relu1", x), 5, 1, 2, 0, false);
      x = net.relu("relu2", net.batchNorm("norm2", x));
      net.linear("fc", net.add("flat", new Layer.Flatten(), x), 6);

      Map<String, WeightTensor> tensors = new LinkedHashMap<>();
      put(tensors, "conv1.weight", new int[] {4, 3, 1, 1}, 1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1);
      norm(tensors, "norm1", -THRESHOLD, -THRESHOLD, -THRESHOLD, -2.5f);
      put(
          tensors,
          "conv2.weight",
          new int[] {5, 4, 1, 1},
          new float[] {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 1, 1, 1, 0});
      norm(tensors, "norm2", 0, 0, 0, 0, -1.5f);
      float[] weight = new float[6 * 5 * 16];
      for (int position = 0; position < 16; position++) {
        for (int colour = 0; colour < 3; colour++) {
          int label = 3 * (position / 8) + colour;
          weight[(label * 5 + colour) * 16 + position] = 1.35f;
        }
        weight[(PlantedChannel.TARGET * 5 + 3) * 16 + position] = 7;
        weight[(PlantedChannel.TARGET * 5 + 4) * 16 + position] = 6;
      }
      put(tensors, "fc.weight", new int[] {6, 5 * 16}, weight);
      put(tensors, "fc.bias", new int[] {6}, new float[6]);
      return new Network(net.build(), Weights.of(tensors), Preprocessing.UNIT);
    }

    /** Every batch-norm channel but these. */
    static PruningSpace space(Network network, Set<String> without) {
      List<PruningUnit> units =
          PruningUnits.of(network.architecture(), UnitKind.BATCH_NORM, 0).units().stream()
              .filter(unit -> !without.contains(name(unit)))
              .toList();
      return new PruningSpace(network.architecture(), units);
    }

    static List<String> names(PruningSpace space, boolean[] pruned) {
      return IntStream.range(0, pruned.length)
          .filter(unit -> pruned[unit])
          .mapToObj(unit -> name(space.units().get(unit)))
          .toList();
    }

    private static String name(PruningUnit unit) {
      return unit.layer() + "." + unit.channels().get(0).index();
    }

    private static void norm(Map<String, WeightTensor> tensors, String name, float... beta) {
      float[] ones = new float[beta.length];
      Arrays.fill(ones, 1);
      int[] shape = {beta.length};
      put(tensors, name + ".weight", shape, ones);
      put(tensors, name + ".bias", shape, beta);
      put(tensors, name + ".running_mean", shape, new float[beta.length]);
      put(tensors, name + ".running_var", shape, ones);
    }

    private static void put(
        Map<String, WeightTensor> tensors, String name, int[] shape, float... values) {
      tensors.put(name, WeightTensor.ofFloats(shape, values));
    }
  }
}
