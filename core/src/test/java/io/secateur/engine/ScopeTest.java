package io.secateur.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ScopeTest {
  @Test
  void values_that_do_not_fill_a_shape_are_refused() {
    try (Scope scope = Scope.open()) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Tensor.of(new float[5], 2, 3))
          .withMessage("5 values for a tensor of shape [2, 3]");
      assertThatIllegalArgumentException().isThrownBy(() -> Tensor.of(new long[2], 1));
    }
  }

  @Test
  void a_tensor_needs_an_open_scope() {
    assertThatThrownBy(() -> Tensor.zeros(3))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("tensors live in a Scope; open one first");
  }

  @Test
  void a_tensor_is_gone_after_its_scope() {
    Tensor kept;
    try (Scope scope = Scope.open()) {
      kept = Tensor.full(1, 3);
    }
    try (Scope scope = Scope.open()) {
      assertThatThrownBy(() -> kept.sum().item()).isInstanceOf(NullPointerException.class);
    }
  }

  @Test
  void the_tensor_a_scope_returns_belongs_to_the_one_outside() {
    float sum;
    try (Scope outer = Scope.open()) {
      Tensor result = Scope.tensor(() -> Tensor.full(2, 3).mul(3));
      sum = result.sum().item();
    }
    assertThat(sum).isEqualTo(18);
  }

  @Test
  void a_tensor_of_an_outer_scope_outlives_the_inner_one_that_returns_it() {
    try (Scope outer = Scope.open()) {
      Tensor old = Tensor.full(2, 3);
      Tensor same = Scope.tensor(() -> old);
      assertThat(same.sum().item()).isEqualTo(6);
      assertThat(old.sum().item()).isEqualTo(6);
    }
  }

  @Test
  void gradients_are_recorded_again_after_a_pause_even_one_that_fails() {
    try (Scope scope = Scope.open()) {
      Tensor x = Tensor.full(3, 1).requireGradient();
      assertThatThrownBy(
              () ->
                  Scope.withoutGradients(
                      () -> {
                        throw new IllegalStateException("inside");
                      }))
          .hasMessage("inside");
      Autograd.backward(x.square().sum());
      Tensor constant = Scope.withoutGradients(() -> x.square());
      assertThatThrownBy(() -> Autograd.backward(constant.sum()))
          .hasMessageContaining("does not require grad");
    }
  }

  @Test
  void an_error_of_the_engine_begins_with_its_cause_and_bears_no_native_trace() {
    try (Scope scope = Scope.open()) {
      assertThatThrownBy(() -> Tensor.zeros(2, 3).matmul(Tensor.zeros(4, 5)))
          .isInstanceOf(RuntimeException.class)
          .hasMessageStartingWith("mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)\n")
          .hasMessageNotContaining("frame #");
    }
  }
}
