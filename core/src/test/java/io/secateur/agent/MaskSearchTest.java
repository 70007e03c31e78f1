package io.secateur.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.secateur.data.ImageSet;
import io.secateur.engine.NumberFormat;
import io.secateur.engine.OneThread;
import io.secateur.engine.Scope;
import io.secateur.graph.ConnectionGraph;
import io.secateur.run.Checkpoints;
import io.secateur.run.Progress;
import io.secateur.run.RunContext;
import io.secateur.run.SeedTree;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Every search against a backdoor of which the channel is known. */
@ExtendWith(OneThread.class)
class MaskSearchTest {
  private static final AgentSearch AGENT =
      new AgentSearch(
          ConnectionGraph.Settings.PAPER,
          false,
          false,
          false,
          60,
          50,
          PpoMaskSettings.DEFAULT.withStartProbability(0.1).withIterations(60));

  @Test
  void a_warm_start_prunes_few_by_chance_however_wide_the_network() {
    for (int units : new int[] {50, 200, 2400, 20_000}) {
      double byChance =
          Arrays.stream(AgentSearch.warmLogits(new double[units]))
              .map(logit -> 1 / (1 + Math.exp(-logit)))
              .sum();

      assertThat(byChance).as(units + " units").isBetween(0.5, 5.1);
    }
    assertThat(AgentSearch.warmLogits(new double[] {0, 0.5, 1}))
        .containsExactly(new double[] {-4, 0, 3}, within(0.01));
  }

  @Test
  void greedy_search_finds_exactly_the_planted_channel() {
    SearchResult found = finds(GreedySearch.DEFAULT, Reward.DEFAULT);

    // one trial for each channel alone, then one for each prefix of those that gain
    assertThat(found.evaluations()).isEqualTo(13 + found.iterations());
    assertThat(found.probabilities()[PlantedChannel.CHANNEL]).isGreaterThan(0.9);
  }

  @Test
  void greedy_search_finds_it_by_the_hard_reward_too() {
    SearchResult found = finds(GreedySearch.DEFAULT, Reward.hard(5, 0));

    assertThat(found.iterations()).as("only one channel gains anything").isEqualTo(1);
  }

  @Test
  void gradient_masks_find_exactly_the_planted_channel() {
    SearchResult found = finds(GradientMaskSearch.DEFAULT, Reward.DEFAULT);

    for (int unit = 0; unit < found.probabilities().length; unit++) {
      if (unit != PlantedChannel.CHANNEL) {
        assertThat(found.probabilities()[unit])
            .isLessThan(found.probabilities()[PlantedChannel.CHANNEL]);
      }
    }
  }

  @Test
  void the_agent_finds_exactly_the_planted_channel() {
    finds(AGENT, Reward.DEFAULT);
  }

  @Test
  void the_agent_without_edges_finds_it_too() {
    finds(
        new AgentSearch(AGENT.graph(), true, false, false, 60, 50, AGENT.ppo().withIterations(60)),
        Reward.DEFAULT);
  }

  @Test
  void an_order_by_activation_change_begins_with_the_planted_channel() {
    SearchResult found = finds(new RankedSearch(Ranking.ACTIVATION_CHANGE, 8), Reward.DEFAULT);

    for (int unit = 0; unit < found.probabilities().length; unit++) {
      assertThat(found.probabilities()[PlantedChannel.CHANNEL])
          .isGreaterThanOrEqualTo(found.probabilities()[unit]);
    }
  }

  @Test
  void every_rule_gives_an_order_of_all_units_and_the_same_one_for_the_same_seed() {
    try (Scope scope = Scope.open()) {
      PruningProblem problem = PlantedChannel.problem(Reward.DEFAULT);
      for (Ranking ranking : Ranking.values()) {
        RankedSearch search = new RankedSearch(ranking, 5);

        SearchResult found = search.search(problem, RunContext.quiet(1));

        assertThat(found.probabilities()).as("%s", ranking).hasSize(problem.space().size());
        assertThat(found.evaluations()).as("%s", ranking).isEqualTo(5);
        assertThat(found.score())
            .as("%s: pruning nothing is a choice", ranking)
            .isGreaterThanOrEqualTo(problem.holdOutPhi(new boolean[problem.space().size()]));
        assertThat(search.search(problem, RunContext.quiet(1))).as("%s", ranking).isEqualTo(found);
      }
      assertThat(new RankedSearch(Ranking.RANDOM, 5).search(problem, RunContext.quiet(2)))
          .isNotEqualTo(new RankedSearch(Ranking.RANDOM, 5).search(problem, RunContext.quiet(1)));
    }
  }

  @Test
  void a_policy_that_prunes_whole_layers_neither_fails_nor_hands_them_out() {
    AgentSearch reckless =
        new AgentSearch(
            AGENT.graph(),
            false,
            false,
            false,
            30,
            20,
            new PpoMaskSettings(EncoderKind.GAT, 2, 4, 0.999, 1, 1e-3, 0.2, 0, 0.5, 1, 2));
    try (Scope scope = Scope.open()) {
      PruningProblem problem = PlantedChannel.problem(Reward.DEFAULT);

      SearchResult found = reckless.search(problem, RunContext.quiet(1));

      assertThat(found.pruned()).hasSize(problem.space().size());
      assertThat(problem.space().empties(found.pruned())).isFalse();
      assertThat(found.score()).isFinite();
    }
  }

  @Test
  void the_order_is_followed_only_as_long_as_asked_and_never_empties_a_layer() {
    try (Scope scope = Scope.open()) {
      PruningProblem problem = PlantedChannel.problem(Reward.DEFAULT);
      int units = problem.space().size();
      List<Integer> order = new ArrayList<>();
      for (int unit = units - 1; unit >= 0; unit--) {
        order.add(unit);
      }
      double[] scores = new double[units];

      SearchResult all = Prefixes.best(problem, RunContext.quiet(1), order, scores, units, 7);
      SearchResult few = Prefixes.best(problem, RunContext.quiet(1), order, scores, 3, 7);

      assertThat(all.evaluations()).isEqualTo(7 + units);
      assertThat(problem.space().empties(all.pruned())).isFalse();
      assertThat(few.evaluations()).isEqualTo(7 + 3);
      // the last three channels are of use: nothing is better than pruning one of them
      assertThat(few.count()).isZero();
      assertThat(few.score()).isEqualTo(problem.holdOutPhi(new boolean[units]));
    }
  }

  @Test
  void a_mask_that_empties_a_layer_is_worth_minus_infinity() {
    try (Scope scope = Scope.open()) {
      PruningProblem problem = PlantedChannel.problem(Reward.DEFAULT);
      boolean[] all = new boolean[problem.space().size()];
      Arrays.fill(all, true);

      assertThat(problem.holdOutPhi(all)).isEqualTo(Double.NEGATIVE_INFINITY);
      assertThat(problem.holdOutPhi(PlantedChannel.solution()))
          .isGreaterThan(problem.holdOutPhi(new boolean[all.length]));
      assertThat(problem.tunePhi(PlantedChannel.solution()))
          .isGreaterThan(problem.tunePhi(new boolean[all.length]));
    }
  }

  @Test
  void a_finished_greedy_search_is_replayed_without_a_single_measurement() {
    replays(GreedySearch.DEFAULT, Integer.MAX_VALUE);
  }

  @Test
  void a_finished_agent_search_is_replayed_without_a_single_measurement() {
    replays(shortAgent(), Integer.MAX_VALUE);
  }

  @Test
  void an_interrupted_agent_search_goes_on_to_the_same_result() {
    replays(shortAgent(), 4);
  }

  private static AgentSearch shortAgent() {
    return new AgentSearch(
        AGENT.graph(), false, false, true, 20, 20, AGENT.ppo().withIterations(10));
  }

  /** Asserts that {@code search} finds the planted channel, and that this repairs the network. */
  static SearchResult finds(MaskSearch search, Reward reward) {
    try (Scope scope = Scope.open()) {
      PruningProblem problem = PlantedChannel.problem(reward);

      SearchResult found = search.search(problem, RunContext.quiet(3));

      assertThat(found.pruned()).isEqualTo(PlantedChannel.solution());
      assertThat(found.score()).isEqualTo(problem.holdOutPhi(PlantedChannel.solution()));
      ImageSet unseen = PlantedChannel.images(10, 99);
      PruningEnvironment judge =
          new PruningEnvironment(
              problem.network(),
              problem.space(),
              problem.proxies(),
              problem.target(),
              unseen,
              NumberFormat.FLOAT32);
      Measurement before = judge.measure(new boolean[found.pruned().length]);
      Measurement after = judge.measure(found.pruned());
      assertThat(before.attackSuccess()).isEqualTo(1);
      assertThat(after.attackSuccess()).isLessThan(1.0 / 6);
      assertThat(after.cleanAccuracy()).isEqualTo(1).isEqualTo(before.cleanAccuracy());
      return found;
    }
  }

  /** Runs a search, then again from the first {@code kept} measurements of the record. */
  static void replays(MaskSearch search, int kept) {
    List<double[]> record = new ArrayList<>();
    SearchResult first = run(search, recording(record));
    int measured = record.size();
    assertThat(measured).isPositive();
    List<double[]> known = List.copyOf(record.subList(0, Math.min(kept, measured)));

    int[] replayed = {0};
    int[] anew = {0};
    SearchResult second =
        run(
            search,
            (log, measure) -> {
              if (replayed[0] < known.size()) {
                return known.get(replayed[0]++).clone();
              }
              anew[0]++;
              return measure.get();
            });

    assertThat(second).isEqualTo(first);
    assertThat(replayed[0]).isEqualTo(known.size());
    assertThat(anew[0]).isEqualTo(measured - known.size());
  }

  private interface Measuring {
    double[] measured(String log, Supplier<double[]> measure);
  }

  private static Measuring recording(List<double[]> record) {
    return (log, measure) -> {
      double[] values = measure.get();
      record.add(values.clone());
      return values;
    };
  }

  private static SearchResult run(MaskSearch search, Measuring measuring) {
    Checkpoints checkpoints =
        new Checkpoints() {
          @Override
          public <T> T once(String key, Class<T> type, Supplier<T> compute) {
            return compute.get();
          }

          @Override
          public double[] measured(String log, Supplier<double[]> measure) {
            return measuring.measured(log, measure);
          }
        };
    return Scope.value(
        () ->
            search.search(
                PlantedChannel.problem(Reward.DEFAULT),
                new RunContext(new SeedTree(5), Progress.SILENT, checkpoints)));
  }
}
