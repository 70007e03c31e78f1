package io.secateur.defence;

import io.secateur.engine.Tensor;
import java.util.List;

/**
 * A scalar with a given value and given gradients: value + Σ ⟨w − w₀, g⟩ at w = w₀. So the trainer,
 * which follows the gradient of a loss, also follows directions that are the gradient of none at
 * the present weights.
 */
final class PrescribedGradient {
  private PrescribedGradient() {}

  /**
   * The scalar.
   *
   * @param gradients one for each of {@code variables}, of its shape
   */
  static Tensor of(Tensor value, List<Tensor> variables, List<Tensor> gradients) {
    Tensor sum = value.detach();
    for (int i = 0; i < variables.size(); i++) {
      Tensor variable = variables.get(i);
      Tensor nought = variable.sub(variable.detach());
      sum = sum.add(nought.mul(gradients.get(i).detach()).sum());
    }
    return sum;
  }
}
