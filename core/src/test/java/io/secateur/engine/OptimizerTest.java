package io.secateur.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class OptimizerTest {
  @Test
  void adam_steps_are_those_of_its_paper() {
    double rate = 0.1;
    double beta1 = 0.6;
    double beta2 = 0.95;
    double x = 2;
    double m = 0;
    double v = 0;
    try (Scope scope = Scope.open()) {
      Tensor variable = Tensor.of(new float[] {(float) x}, 1).requireGradient();
      Optimizer adam = Optimizer.adam(List.of(variable), rate, beta1, beta2);
      for (int t = 1; t <= 10; t++) {
        // loss x³, so that the gradient changes and both averages matter
        double gradient = 3 * x * x;
        m = beta1 * m + (1 - beta1) * gradient;
        v = beta2 * v + (1 - beta2) * gradient * gradient;
        double mHat = m / (1 - Math.pow(beta1, t));
        double vHat = v / (1 - Math.pow(beta2, t));
        x -= rate * mHat / (Math.sqrt(vHat) + 1e-8);

        adam.minimise(variable.mul(variable.square()).sum());

        assertThat((double) variable.toFloats()[0]).as("step " + t).isCloseTo(x, within(1e-5));
      }
    }
  }

  @Test
  void momentum_looks_ahead_and_weights_decay() {
    double rate = 0.1;
    double momentum = 0.8;
    double decay = 0.05;
    double x = 2;
    double v = 0;
    try (Scope scope = Scope.open()) {
      Tensor variable = Tensor.of(new float[] {(float) x}, 1).requireGradient();
      Optimizer sgd = Optimizer.sgd(List.of(variable), rate, momentum, decay, true);
      for (int t = 1; t <= 10; t++) {
        double gradient = 2 * x + decay * x;
        v = momentum * v + gradient;
        x -= rate * (gradient + momentum * v);

        sgd.minimise(variable.square().sum());

        assertThat((double) variable.toFloats()[0]).as("step " + t).isCloseTo(x, within(1e-5));
      }
    }
  }

  @Test
  void long_gradients_are_shortened_together() {
    try (Scope scope = Scope.open()) {
      Tensor a = Tensor.of(new float[] {0}, 1).requireGradient();
      Tensor b = Tensor.of(new float[] {0, 0}, 2).requireGradient();
      Optimizer sgd = Optimizer.sgd(List.of(a, b), 1, 0, 0, false);
      Tensor slope = Tensor.of(new float[] {0, 4}, 2);

      sgd.minimise(a.mul(3).sum().add(b.mul(slope).sum()), 1);

      assertThat(a.toFloats()[0]).isCloseTo(-0.6f, within(1e-5f));
      assertThat(b.toFloats()[1]).isCloseTo(-0.8f, within(1e-5f));
      sgd.minimise(a.mul(0.3).sum().add(b.mul(slope).sum().mul(0.1)), 1);
      assertThat(a.toFloats()[0]).isCloseTo(-0.9f, within(1e-5f));
    }
  }

  @Test
  void a_rectifier_in_bfloat16_is_the_rectifier() {
    try (Scope scope = Scope.open()) {
      float[] values = {-3, -1e-30f, -0f, 0, 1e-30f, 2, Float.NEGATIVE_INFINITY, 1e38f};
      Tensor x = Tensor.of(values, values.length).to(NumberFormat.BFLOAT16);
      float[] expected = x.relu().to(NumberFormat.FLOAT32).toFloats();

      float[] result = x.reluInPlace().to(NumberFormat.FLOAT32).toFloats();

      for (int i = 0; i < values.length; i++) {
        assertThat(result[i]).isEqualTo(expected[i]);
      }
    }
  }

  @Test
  void indices_gather_their_maximum() {
    try (Scope scope = Scope.open()) {
      Tensor source = Tensor.of(new float[] {1, -5, 3, 2, -1, 7}, 3, 2);

      Tensor result =
          Tensor.full(Double.NEGATIVE_INFINITY, 3, 2).indexMax(0, Tensor.of(2, 0, 2), source);

      float none = Float.NEGATIVE_INFINITY;
      assertThat(result.toFloats()).containsExactly(3, 2, none, none, 1, 7);
    }
  }
}
