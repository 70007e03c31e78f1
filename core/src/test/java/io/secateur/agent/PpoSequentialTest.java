package io.secateur.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.secateur.agent.PpoSequentialSettings.Credit;
import io.secateur.engine.OneThread;
import io.secateur.graph.ChannelGraph;
import io.secateur.run.Progress;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(OneThread.class)
class PpoSequentialTest {
  private static final int NODES = 20;
  private static final Set<Integer> GOOD = Set.of(3, 7, 8, 15);

  private final ChannelGraph graph = Toys.graph(NODES, 30, 1);
  private final float[][] features = Toys.features(NODES, 6, 2);

  PpoSequentialTest() {
    for (int node : GOOD) {
      features[node][0] += 2.5f;
    }
  }

  @Test
  void finds_the_optimum_and_learns_to_stop_there() {
    SearchResult found = search(settings(320, 10, 1, EncoderKind.GAT, Credit.EACH_STEP), 2);

    assertOptimum(found);
    double[] pruned = found.curve().pruned();
    assertThat(pruned[0]).isGreaterThan(5.5);
    assertThat(mean(pruned, 3)).isBetween(3.5, 5.5);
    assertThat(mean(found.curve().meanPhi(), 3)).isGreaterThan(-0.25);
  }

  @Test
  void finds_the_optimum_with_several_nodes_per_step() {
    assertOptimum(search(settings(320, 4, 2, EncoderKind.MLP, Credit.EACH_STEP), 2));
  }

  @Test
  void finds_the_optimum_when_reward_comes_only_at_the_end() {
    SearchResult found = search(settings(320, 10, 1, EncoderKind.MLP, Credit.AT_END), 2);

    assertOptimum(found);
    assertThat(mean(found.curve().meanPhi(), 3)).isGreaterThan(found.curve().meanPhi()[0] + 0.4);
  }

  @Test
  void the_same_seed_gives_the_same_search() {
    PpoSequentialSettings shortly = settings(16, 6, 2, EncoderKind.GAT, Credit.EACH_STEP);

    SearchResult first = search(shortly, 3);

    assertThat(search(shortly, 3)).isEqualTo(first);
    assertThat(search(shortly, 4)).isNotEqualTo(first);
  }

  @Test
  void episodes_end_where_the_objective_says_so() {
    StepObjective one =
        new StepObjective() {
          @Override
          public double phi(boolean[] pruned) {
            return -1;
          }

          @Override
          public boolean terminal(boolean[] pruned) {
            return true;
          }
        };

    SearchResult found =
        new PpoSequential(
                Toys.episodes(64, 32, 10, 1, EncoderKind.MLP, Credit.EACH_STEP),
                new SplittableRandom(5),
                Progress.SILENT)
            .search(graph, features, one);

    assertThat(found.count()).isZero();
    assertThat(found.iterations()).as("patience of 32 episodes").isEqualTo(2);
    assertThat(found.evaluations()).as("the start and one step each").isBetween(20, 33);
    assertThat(found.curve().pruned()[0]).isLessThanOrEqualTo(1);
  }

  @Test
  void nonsense_is_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> settings(16, 0, 1, EncoderKind.GAT, Credit.EACH_STEP))
        .withMessageContaining("steps must be at least 1");
  }

  private static PpoSequentialSettings settings(
      int episodes, int steps, int nodesPerStep, EncoderKind encoder, Credit credit) {
    return Toys.episodes(episodes, episodes, steps, nodesPerStep, encoder, credit);
  }

  private SearchResult search(PpoSequentialSettings settings, long seed) {
    return new PpoSequential(settings, new SplittableRandom(seed), Progress.SILENT)
        .search(graph, features, new Separable());
  }

  private static void assertOptimum(SearchResult found) {
    assertThat(IntStream.range(0, NODES).filter(i -> found.pruned()[i]).boxed())
        .containsExactlyInAnyOrderElementsOf(GOOD);
    assertThat(found.score()).isEqualTo(0);
  }

  private static double mean(double[] values, int last) {
    return IntStream.range(values.length - last, values.length)
        .mapToDouble(i -> values[i])
        .average()
        .orElseThrow();
  }

  /** −1, plus ¼ for each good node, minus ⅛ for each other. */
  private static final class Separable implements StepObjective {
    @Override
    public double phi(boolean[] pruned) {
      double phi = -1;
      for (int i = 0; i < NODES; i++) {
        phi += pruned[i] ? GOOD.contains(i) ? 0.25 : -0.125 : 0;
      }
      return phi;
    }

    @Override
    public boolean terminal(boolean[] pruned) {
      return false;
    }
  }
}
