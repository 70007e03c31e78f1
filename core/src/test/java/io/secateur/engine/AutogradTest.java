package io.secateur.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.secateur.engine.Autograd.Tape;
import java.util.List;
import org.junit.jupiter.api.Test;

class AutogradTest {
  @Test
  void a_derivative_can_be_differentiated() {
    try (Scope scope = Scope.open()) {
      Tensor x = Tensor.of(new float[] {1, 2, -3}, 3).requireGradient();
      Tensor cubes = x.power(3).sum();

      Tensor slope = Autograd.gradients(cubes, List.of(x), Tape.EXTENDED).get(0);
      Tensor direction = Tensor.of(new float[] {1, 0.5f, 2}, 3);
      Tensor product = slope.mul(direction).sum();

      assertThat(slope.toFloats()).containsExactly(3, 12, 27);
      // the Hessian of Σ x³ is diagonal with 6 x
      assertThat(Autograd.gradients(product, List.of(x)).get(0).toFloats())
          .containsExactly(6, 6, -36);
    }
  }

  @Test
  void a_kept_tape_can_be_gone_along_again_and_a_freed_one_cannot() {
    try (Scope scope = Scope.open()) {
      Tensor x = Tensor.full(2, 1).requireGradient();
      Tensor loss = x.square().exp().sum();

      float first = Autograd.gradients(loss, List.of(x), Tape.KEPT).get(0).item();
      float second = Autograd.gradients(loss, List.of(x)).get(0).item();

      assertThat(second).isEqualTo(first);
      assertThatThrownBy(() -> Autograd.gradients(loss, List.of(x)))
          .isInstanceOf(RuntimeException.class);
    }
  }
}
