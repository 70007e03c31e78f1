package io.secateur.defence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.secateur.engine.Autograd;
import io.secateur.engine.Ops;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.nn.ArchitectureBuilder;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Interpreter;
import io.secateur.nn.Layer;
import io.secateur.nn.Network;
import io.secateur.nn.Preprocessing;
import io.secateur.nn.WeightTensor;
import io.secateur.nn.Weights;
import io.secateur.train.Objective;
import io.secateur.train.Precision;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SharpnessAwareTest {
  private static final float[] WEIGHTS = {1, -2, 0, 0.5f};
  private static final float[] CURVATURES = {1, 3, 5, -2};
  private static final double RHO = 0.7;

  @Test
  void the_perturbed_point_is_rho_away_in_the_adaptive_metric_up_the_gradient() {
    try (Scope scope = Scope.open()) {
      Tensor first = Tensor.of(new float[] {1, -2, 0}, 3);
      Tensor second = Tensor.of(new float[] {4, 0.1f}, 2, 1);
      List<Tensor> gradients =
          List.of(Tensor.of(new float[] {2, 1, 9}, 3), Tensor.of(new float[] {-1, 0.3f}, 2, 1));

      List<Tensor> perturbation =
          SharpnessAware.perturbation(List.of(first, second), gradients, RHO);

      float[] a = perturbation.get(0).toFloats();
      float[] b = perturbation.get(1).toFloats();
      // ‖ε / w‖ over both tensors together; the weight that is nought does not move
      double squares = sq(a[0]) + sq(a[1] / -2) + sq(b[0] / 4) + sq(b[1] / 0.1);
      assertThat(Math.sqrt(squares)).isCloseTo(RHO, within(1e-5));
      assertThat(a[2]).isZero();
      // ρ w² g / ‖w g‖
      double norm = Math.sqrt(sq(2) + sq(2) + sq(4) + sq(0.03));
      assertThat((double) a[0]).isCloseTo(RHO * 2 / norm, within(1e-5));
      assertThat((double) a[1]).isCloseTo(RHO * 4 / norm, within(1e-5));
      assertThat((double) b[0]).isCloseTo(RHO * -16 / norm, within(1e-5));
    }
  }

  @Test
  void the_gradient_of_a_quadratic_is_that_at_the_perturbed_point_and_the_value_is_not() {
    // L = Σ a w²: ∇L = 2 a w
    try (Scope scope = Scope.open()) {
      Interpreter network = Interpreter.training(linear());
      Objective quadratic =
          step ->
              step.network().parameter("fc.weight").square().mul(Tensor.of(CURVATURES, 2, 2)).sum();
      Tensor loss = new SharpnessAware(quadratic, RHO).loss(step(network));
      Tensor gradient = Autograd.gradients(loss, List.of(network.parameter("fc.weight"))).get(0);

      double value = 0;
      double squares = 0;
      for (int i = 0; i < 4; i++) {
        value += CURVATURES[i] * sq(WEIGHTS[i]);
        squares += sq(2 * CURVATURES[i] * sq(WEIGHTS[i]));
      }
      assertThat((double) loss.item()).isCloseTo(value, within(1e-5));
      for (int i = 0; i < 4; i++) {
        double slope = 2 * CURVATURES[i] * WEIGHTS[i];
        double moved = WEIGHTS[i] + RHO * sq(WEIGHTS[i]) * slope / Math.sqrt(squares);
        assertThat((double) gradient.toFloats()[i])
            .isCloseTo(2 * CURVATURES[i] * moved, within(1e-5));
      }
      assertThat(network.parameter("fc.weight").toFloats()).containsExactly(WEIGHTS);
    }
  }

  @Test
  void running_statistics_come_from_the_first_pass_alone_and_weights_are_put_back() {
    Network suspect = InfectedToy.HALVES.network();
    float[] pixels = InfectedToy.HALVES.sample().tune().floats(new int[] {0, 1, 2, 3, 4, 5});
    int[] labels = InfectedToy.HALVES.sample().tune().labels(new int[] {0, 1, 2, 3, 4, 5});
    Objective crossEntropy =
        step ->
            Ops.crossEntropy(
                Objective.logits(step.network(), step.images(), Precision.FLOAT32), step.labels());
    try (Scope scope = Scope.open()) {
      Tensor images = Tensor.of(pixels, 6, 3, 8, 8);
      Interpreter plain = Interpreter.training(suspect);
      Interpreter sharp = Interpreter.training(suspect);
      crossEntropy.loss(step(plain, images, Tensor.of(labels)));
      new SharpnessAware(crossEntropy, 2).loss(step(sharp, images, Tensor.of(labels)));

      assertThat(plain.snapshot().weights().get("bn1.running_mean"))
          .isNotEqualTo(suspect.weights().get("bn1.running_mean"));
      assertThat(sharp.snapshot().weights()).isEqualTo(plain.snapshot().weights());
    }
  }

  @Test
  void settings_out_of_range_are_refused_by_name() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new FtSam.Settings(1, 0.01, 8, 0, 0.1))
        .withMessageContaining("rho");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new FtSam.Settings(1, 0.01, 8, 2, 0.5))
        .withMessageContaining("labelSmoothing");
  }

  private static double sq(double value) {
    return value * value;
  }

  private static Objective.Step step(Interpreter network) {
    return step(network, Tensor.zeros(1, 2, 1, 1), Tensor.of(0));
  }

  private static Objective.Step step(Interpreter network, Tensor images, Tensor labels) {
    return new Objective.Step(network, List.of(), images, labels, new SplittableRandom(1), 0);
  }

  private static Network linear() {
    var net = new ArchitectureBuilder("linear", new FeatureShape(2, 1, 1));
    net.linear("fc", net.add("flat", new Layer.Flatten(), net.input()), 2);
    return new Network(
        net.build(),
        Weights.of(
            Map.of(
                "fc.weight", WeightTensor.ofFloats(new int[] {2, 2}, WEIGHTS),
                "fc.bias", WeightTensor.ofFloats(new int[] {2}, new float[2]))),
        new Preprocessing(new float[] {0, 0}, new float[] {1, 1}));
  }
}
