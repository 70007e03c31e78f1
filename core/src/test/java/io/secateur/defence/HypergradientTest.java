package io.secateur.defence;

import static org.assertj.core.api.Assertions.assertThat;
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
import io.secateur.nn.RandomNetworks;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HypergradientTest {
  /** inner = a/2 δ² − θ δ has its minimum at θ/a; outer = (δ − 1)²/2 + θ²/2. */
  private static double quadratic(double theta, double a, double step, int iterations) {
    try (Scope scope = Scope.open()) {
      Tensor weight = Tensor.of(new float[] {(float) theta}, 1).requireGradient();
      Hypergradient hypergradient =
          Hypergradient.at(
              Tensor.of(new float[] {(float) (theta / a)}, 1),
              List.of(weight),
              d -> d.square().mul(a / 2).sub(d.mul(weight)).sum(),
              d -> d.add(-1).square().add(weight.square()).mul(0.5).sum(),
              step,
              iterations);
      assertThat((double) hypergradient.outer().item())
          .isCloseTo((Math.pow(theta / a - 1, 2) + theta * theta) / 2, within(1e-5));
      return hypergradient.gradients().get(0).item();
    }
  }

  @Test
  void many_iterations_give_the_derivative_of_a_quadratic_through_its_minimum() {
    assertThat(quadratic(3, 2, 0.2, 200)).isCloseTo((3 / 2.0 - 1) / 2 + 3, within(1e-4));
  }

  @Test
  void few_iterations_give_the_truncated_series() {
    // v_K = Σ_{k<K} (1 − η a)^k (δ − 1), and ∂Φ/∂θ = η
    double series = 1 + 0.6 + 0.36;
    assertThat(quadratic(3, 2, 0.2, 3)).isCloseTo(3 + 0.2 * series * 0.5, within(1e-5));
  }

  @Test
  void on_a_network_it_agrees_with_finite_differences_through_the_inner_minimum() {
    Problem problem = new Problem();
    try (Scope scope = Scope.open()) {
      Interpreter network = Interpreter.training(problem.network);
      List<Tensor> weights = network.parameters();
      Tensor delta = Tensor.of(problem.minimum(network), 1, 3, 4, 4);
      Hypergradient hypergradient =
          Hypergradient.at(
              delta,
              weights,
              d -> problem.inner(network, d),
              d -> problem.outer(network, d),
              Problem.STEP,
              300);
      double direct = 0;
      double expected = 0;
      Tensor point = delta.detach();
      List<Tensor> partial = Autograd.gradients(problem.outer(network, point), weights);
      // along the gradient itself and some noise
      Random random = new Random(5);
      for (int i = 0; i < weights.size(); i++) {
        Tensor weight = weights.get(i);
        float[] direction = hypergradient.gradients().get(i).toFloats();
        float[] slope = direction.clone();
        float[] part = partial.get(i).toFloats();
        for (int k = 0; k < direction.length; k++) {
          direction[k] += (float) (0.02 * random.nextGaussian());
          expected += direction[k] * slope[k];
          direct += direction[k] * part[k];
        }
        problem.directions.add(Tensor.of(direction, weight.shape()));
      }
      double step = 1e-3;
      double ahead = problem.reached(network, weights, step);
      double behind = problem.reached(network, weights, -step);
      double difference = (ahead - behind) / (2 * step);

      assertThat(expected).isCloseTo(difference, within(0.03 * Math.abs(difference)));
      // the implicit part matters: without it the test would say so
      assertThat(Math.abs(direct - difference)).isGreaterThan(0.1 * Math.abs(difference));
    }
  }

  /** Losses like those of I-BAU on a smooth network, with a penalty that makes a minimum. */
  private static final class Problem {
    private static final double STEP = 0.2;
    private static final double PENALTY = 0.5;

    private final Network network = smooth();
    private final float[] pixels = RandomNetworks.images(network.architecture().input(), 6, 1);
    private final List<Tensor> directions = new ArrayList<>();

    Tensor inner(Interpreter interpreter, Tensor delta) {
      return outer(interpreter, delta).neg().add(delta.square().sum().mul(PENALTY));
    }

    Tensor outer(Interpreter interpreter, Tensor delta) {
      Tensor images = Tensor.of(pixels, 6, 3, 4, 4);
      return Ops.crossEntropy(interpreter.forward(images.add(delta)), Tensor.of(0, 1, 2, 3, 0, 1));
    }

    float[] minimum(Interpreter interpreter) {
      float[] delta = new float[48];
      for (int i = 0; i < 300; i++) {
        float[] before = delta;
        delta =
            Scope.value(
                () -> {
                  Tensor d = Tensor.of(before, 1, 3, 4, 4).requireGradient();
                  Tensor slope = Autograd.gradients(inner(interpreter, d), List.of(d)).get(0);
                  return d.detach().sub(slope.mul(STEP)).toFloats();
                });
      }
      return delta;
    }

    /** The outer loss at the inner minimum of weights moved along the directions. */
    double reached(Interpreter interpreter, List<Tensor> weights, double step) {
      for (int i = 0; i < weights.size(); i++) {
        weights.get(i).addInPlace(directions.get(i).mul(step));
      }
      double value = outer(interpreter, Tensor.of(minimum(interpreter), 1, 3, 4, 4)).item();
      for (int i = 0; i < weights.size(); i++) {
        weights.get(i).addInPlace(directions.get(i).mul(-step));
      }
      return value;
    }

    private static Network smooth() {
      ArchitectureBuilder net = new ArchitectureBuilder("smooth", new FeatureShape(3, 4, 4));
      String x = net.conv("conv", net.input(), 5, 3, 1, 1, false);
      x = net.add("elu", new Layer.Elu(1), net.batchNorm("bn", x));
      x = net.conv("conv2", x, 6, 3, 2, 1, true);
      x = net.add("tanh", new Layer.Tanh(), x);
      net.linear("fc", net.add("flat", new Layer.Flatten(), x), 4);
      return RandomNetworks.of(net.build(), 2);
    }
  }
}
