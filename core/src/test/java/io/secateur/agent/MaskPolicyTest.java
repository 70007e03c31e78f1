package io.secateur.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.secateur.engine.Autograd;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.graph.ChannelGraph;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MaskPolicyTest {
  private static final int NODES = 20;

  private final ChannelGraph graph = Toys.graph(NODES, 40, 1);
  private final float[][] features = Toys.features(NODES, 6, 2);

  @Test
  void log_probabilities_and_entropy_are_those_of_independent_coins() {
    try (Scope scope = Scope.open()) {
      Tensor logits = Tensor.of(new float[] {(float) Math.log(0.25 / 0.75), 0, -40}, 3);
      Tensor masks = Tensor.of(new float[] {1, 0, 0, 0, 1, 1}, 2, 3);

      float[] log = MaskPolicy.logProbabilities(logits, masks).toFloats();
      float[] entropy = MaskPolicy.entropy(logits).toFloats();

      double[] expected = {Math.log(0.25), Math.log(0.5), 0, Math.log(0.75), Math.log(0.5), -40};
      for (int i = 0; i < expected.length; i++) {
        assertThat((double) log[i]).isCloseTo(expected[i], within(1e-5));
      }
      assertThat((double) entropy[0])
          .isCloseTo(-0.25 * Math.log(0.25) - 0.75 * Math.log(0.75), within(1e-5));
      assertThat((double) entropy[1]).isCloseTo(Math.log(2), within(1e-5));
      assertThat((double) entropy[2]).isCloseTo(0, within(1e-5));
    }
  }

  @Test
  void starts_at_the_initial_logits() {
    double[] start = new double[NODES];
    Arrays.setAll(start, i -> i % 2 == 0 ? -3 : 2);
    try (Scope scope = Scope.open()) {
      MaskPolicy policy = new MaskPolicy(EncoderKind.GAT, graph, features, start, new Random(3));

      float[] logits = policy.logits().toFloats();

      for (int i = 0; i < NODES; i++) {
        assertThat((double) logits[i]).isCloseTo(start[i], within(0.3));
      }
    }
  }

  @Test
  void gradients_agree_with_finite_differences() {
    try (Scope scope = Scope.open()) {
      MaskPolicy policy =
          new MaskPolicy(EncoderKind.GAT, graph, features, new double[NODES], new Random(4));
      float[] mask = new float[NODES];
      Arrays.fill(mask, 0, 5, 1);
      Tensor masks = Tensor.of(mask, 1, NODES);
      List<Tensor> variables = policy.parameters();
      List<Tensor> gradients = Autograd.gradients(logProbability(policy, masks), variables);

      // the widest step that is still straight: float32 rounds the sum of 20 logarithms at 1e-6
      double step = 1e-2;
      for (int v : new int[] {0, 2, 3, 4, 8, 9}) {
        Tensor variable = variables.get(v);
        float[] values = variable.toFloats();
        float[] gradient = gradients.get(v).toFloats();
        int at = largest(gradient);
        double up = at(policy, masks, variable, values, at, step);
        double down = at(policy, masks, variable, values, at, -step);
        variable.assign(Tensor.of(values, variable.shape()));

        assertThat((up - down) / (2 * step))
            .as("variable " + v)
            .isCloseTo(gradient[at], within(0.02 * Math.abs(gradient[at]) + 2e-4));
      }
    }
  }

  @Test
  void the_clipped_surrogate_is_the_one_computed_by_hand() {
    try (Scope scope = Scope.open()) {
      // ratios 1.5, 1.1, 0.5 with advantage 2, then with advantage −1
      double[] ratios = {1.5, 1.1, 0.5};
      float[] now = new float[3];
      float[] old = {-1, -2, -0.5f};
      for (int i = 0; i < 3; i++) {
        now[i] = (float) (old[i] + Math.log(ratios[i]));
      }
      Tensor advantage = Tensor.of(new float[] {2, -1}, 2, 1);
      Tensor logProbability = Tensor.of(now, 1, 3).requireGradient();

      Tensor surrogate = ClippedSurrogate.of(logProbability, Tensor.of(old, 1, 3), advantage, 0.2);
      float[] gradient =
          Autograd.gradients(surrogate.sum(), List.of(logProbability)).get(0).toFloats();

      double[] expected = {2.4, 2.2, 1.0, -1.5, -1.1, -0.8};
      float[] values = surrogate.toFloats();
      for (int i = 0; i < expected.length; i++) {
        assertThat((double) values[i]).isCloseTo(expected[i], within(1e-5));
      }
      // 1.5 pulls back only where it hurts, 0.5 pulls on only where it helps: r A, where not
      // clipped
      double[] slopes = {-1.5, 2 * 1.1 - 1.1, 2 * 0.5};
      for (int i = 0; i < slopes.length; i++) {
        assertThat((double) gradient[i]).isCloseTo(slopes[i], within(1e-5));
      }
    }
  }

  @Test
  void advantages_have_mean_zero_and_deviation_one_and_ties_give_none() {
    assertThat(Advantages.normalised(new double[] {1, 3}))
        .containsExactly(new double[] {-1, 1}, within(1e-6));
    assertThat(Advantages.normalised(new double[] {0.5, 0.5})).containsExactly(0, 0);
  }

  @Test
  void features_that_do_not_fit_the_graph_are_refused() {
    try (Scope scope = Scope.open()) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> NodeFeatures.tensor(new float[3][2], graph))
          .withMessageContaining("3 nodes for a graph of 20");
      float[][] broken = Toys.features(NODES, 2, 1);
      broken[4][1] = Float.NaN;
      assertThatIllegalArgumentException()
          .isThrownBy(() -> NodeFeatures.tensor(broken, graph))
          .withMessageContaining("feature 1 of node 4");
    }
  }

  private static Tensor logProbability(MaskPolicy policy, Tensor masks) {
    return MaskPolicy.logProbabilities(policy.logits(), masks).sum();
  }

  private static double at(
      MaskPolicy policy, Tensor masks, Tensor variable, float[] values, int index, double change) {
    float[] changed = values.clone();
    changed[index] += (float) change;
    variable.assign(Tensor.of(changed, variable.shape()));
    return logProbability(policy, masks).item();
  }

  private static int largest(float[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      best = Math.abs(values[i]) > Math.abs(values[best]) ? i : best;
    }
    return best;
  }
}
