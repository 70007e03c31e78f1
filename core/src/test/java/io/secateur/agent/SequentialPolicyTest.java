package io.secateur.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.graph.ChannelGraph;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SequentialPolicyTest {
  private static final int NODES = 12;

  private final ChannelGraph graph = Toys.graph(NODES, 20, 1);
  private final float[][] features = Toys.features(NODES, 5, 2);
  private final boolean[] none = new boolean[NODES];
  private final boolean[] some = new boolean[NODES];

  SequentialPolicyTest() {
    some[2] = some[7] = some[8] = true;
  }

  @Test
  void pruned_nodes_are_impossible_and_stop_is_not() {
    try (Scope scope = Scope.open()) {
      float[] logits = logits(List.of(some));

      double[] p = SequentialPolicy.probabilities(doubles(logits));

      assertThat(p).hasSize(NODES + 1);
      for (int i = 0; i < NODES; i++) {
        assertThat(p[i] > 0).isEqualTo(!some[i]);
      }
      assertThat(p[NODES]).isPositive();
    }
  }

  @Test
  void a_batch_of_states_gives_what_each_gives_alone() {
    try (Scope scope = Scope.open()) {
      float[] both = logits(List.of(none, some));
      float[] first = logits(List.of(none));
      float[] second = logits(List.of(some));

      for (int i = 0; i <= NODES; i++) {
        assertThat(both[i]).isCloseTo(first[i], within(1e-5f));
        assertThat(both[NODES + 1 + i]).isCloseTo(second[i], within(1e-5f));
      }
    }
  }

  @Test
  void the_critic_does_not_see_how_pruned_nodes_look() {
    float[][] changed = Toys.features(NODES, 5, 2);
    changed[7][0] = 9;
    try (Scope scope = Scope.open()) {
      Critic critic = new Critic(EncoderKind.GAT, 5, new Random(4));

      float value = value(critic, features, some);

      assertThat(value(critic, changed, some)).isEqualTo(value);
      assertThat(value(critic, changed, none)).isNotEqualTo(value(critic, features, none));
    }
  }

  @Test
  void the_probability_of_several_draws_is_that_of_drawing_without_replacement() {
    try (Scope scope = Scope.open()) {
      // p = 0.5, 0.3, 0.2, the last being STOP
      Tensor logits =
          Tensor.of(
              new float[] {
                (float) Math.log(5), (float) Math.log(3), (float) Math.log(2),
                (float) Math.log(5), (float) Math.log(3), (float) Math.log(2)
              },
              2,
              3);

      float[] log =
          SequentialPolicy.logProbabilities(logits, List.of(new int[] {1, 0}, new int[] {2}))
              .toFloats();

      assertThat(Math.exp(log[0])).isCloseTo(0.3 * 5 / 7, within(1e-6));
      assertThat(Math.exp(log[1])).isCloseTo(0.2, within(1e-6));
      assertThat((double) SequentialPolicy.entropy(logits).toFloats()[0])
          .isCloseTo(
              -0.5 * Math.log(0.5) - 0.3 * Math.log(0.3) - 0.2 * Math.log(0.2), within(1e-6));
    }
  }

  @Test
  void draws_come_as_often_as_their_probability_never_twice_and_stop_comes_last() {
    double[] logits = {Math.log(5), Math.log(3), Math.log(2)};
    Random random = new Random(5);
    int[] first = new int[3];
    for (int trial = 0; trial < 10_000; trial++) {
      int[] draws = SequentialPolicy.draw(logits, 3, random);
      first[draws[0]]++;
      assertThat(draws).doesNotHaveDuplicates();
      for (int k = 0; k < draws.length - 1; k++) {
        assertThat(draws[k]).isNotEqualTo(2);
      }
    }

    assertThat(first[0] / 10_000.0).isCloseTo(0.5, within(0.02));
    assertThat(first[2] / 10_000.0).isCloseTo(0.2, within(0.02));
  }

  private float[] logits(List<boolean[]> pruned) {
    SequentialPolicy policy = new SequentialPolicy(EncoderKind.GAT, 5, new Random(3));
    return policy.logits(states(features, pruned)).toFloats();
  }

  private float value(Critic critic, float[][] seen, boolean[] pruned) {
    return critic.values(states(seen, List.of(pruned))).item();
  }

  private States states(float[][] seen, List<boolean[]> pruned) {
    return States.of(graph, NodeFeatures.tensor(seen, graph), pruned);
  }

  private static double[] doubles(float[] values) {
    double[] result = new double[values.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = values[i];
    }
    return result;
  }
}
