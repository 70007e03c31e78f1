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
