package io.secateur.defence;

import io.secateur.engine.Autograd;
import io.secateur.engine.Autograd.Tape;
import io.secateur.engine.PlainConvolutions;
import io.secateur.engine.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * How an outer loss changes with the weights θ when the point δ that it is taken at follows them as
 * the minimum of an inner loss. With Φ(δ, θ) = δ − η ∇_δ inner(δ, θ), whose fixed point δ is:
 *
 * <pre>
 *   v₀ = 0,   v_{k+1} = (∂Φ/∂δ)ᵀ v_k + ∇_δ outer            K times
 *   d outer / dθ ≈ ∇_θ outer + (∂Φ/∂θ)ᵀ v_K
 * </pre>
 *
 * Products with the Jacobians of Φ are derivatives of ⟨∇_δ inner, v⟩: two passes each, no matrix is
 * ever made. As K grows it is the exact derivative if δ is the fixed point and Φ a contraction
 * there.
 *
 * <p>Source: Grazzi et al., "On the Iteration Complexity of Hypergradient Computation", ICML 2020,
 * algorithm 1.
 *
 * @param outer value of the outer loss, a scalar
 * @param gradients one for each weight
 */
record Hypergradient(Tensor outer, List<Tensor> gradients) {
  private static final double TOLERANCE = 1e-10;

  /**
   * Computes it.
   *
   * @param delta the point, any shape
   * @param weights θ, variables that both losses depend on
   * @param inner of the point, a scalar, twice differentiable
   * @param outer of the point, a scalar
   * @param stepSize η
   * @param iterations K
   */
  static Hypergradient at(
      Tensor delta,
      List<Tensor> weights,
      UnaryOperator<Tensor> inner,
      UnaryOperator<Tensor> outer,
      double stepSize,
      int iterations) {
    return PlainConvolutions.in(() -> of(delta, weights, inner, outer, stepSize, iterations));
  }

  private static Hypergradient of(
      Tensor delta,
      List<Tensor> weights,
      UnaryOperator<Tensor> inner,
      UnaryOperator<Tensor> outer,
      double stepSize,
      int iterations) {
    Tensor point = delta.detach().copy().requireGradient();
    List<Tensor> variables = new ArrayList<>(List.of(point));
    variables.addAll(weights);
    Tensor loss = outer.apply(point);
    List<Tensor> direct = Autograd.gradients(loss, variables);
    Tensor outward = direct.get(0);
    Tensor slope = Autograd.gradients(inner.apply(point), List.of(point), Tape.EXTENDED).get(0);
    Tensor v = outward.mul(0);
    for (int k = 0; k < iterations; k++) {
      Tensor curved = Autograd.gradients(slope.mul(v).sum(), List.of(point), Tape.KEPT).get(0);
      Tensor next = v.sub(curved.mul(stepSize)).add(outward);
      double moved = Math.sqrt(next.sub(v).square().sum().item());
      v = next;
      if (moved < TOLERANCE) {
        break;
      }
    }
    List<Tensor> implicit = Autograd.gradients(slope.mul(v).sum(), weights);
    List<Tensor> gradients = new ArrayList<>();
    for (int i = 0; i < weights.size(); i++) {
      gradients.add(direct.get(i + 1).sub(implicit.get(i).mul(stepSize)));
    }
    return new Hypergradient(loss.detach(), gradients);
  }
}
