package io.secateur.trigger;

import io.secateur.engine.Autograd;
import io.secateur.engine.Tensor;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A θ on its way down the gradient within a ball whose radius may change from step to step:
 *
 * <pre>
 *   g ← β g + (1 − β) ∂CE/∂θ
 *   θ ← projection of θ − η r g / ‖g‖ onto the ball of radius r
 * </pre>
 *
 * Every step is a share of the present radius, so that one η serves families of any unit. Belongs
 * to the scope it was made in.
 */
final class PerturbationSearch {
  /** η. */
  private static final double RATE = 0.15;

  /** Size of a random start over its radius. */
  static final double SMALL = 0.1;

  /** First radius over the last, where nothing else is known. */
  static final double WIDER = 3;

  /** β. */
  private static final double MOMENTUM = 0.7;

  private final Perturbation family;
  private final Tensor theta;
  private final Tensor g;

  private PerturbationSearch(Perturbation family, Tensor start) {
    this.family = family;
    this.theta = start.requireGradient();
    this.g = Tensor.zeros(family.shape());
  }

  /** From a random θ in the ball of {@code radius}. */
  static PerturbationSearch random(Perturbation family, double radius, SplittableRandom random) {
    return new PerturbationSearch(family, family.start(radius, random));
  }

  /** From a θ found before. */
  static PerturbationSearch from(Perturbation family, float[] start) {
    return new PerturbationSearch(family, Tensor.of(start, family.shape()));
  }

  /** Present size of θ. */
  double size() {
    return family.size(theta);
  }

  /** Present θ. */
  float[] values() {
    return theta.toFloats();
  }

  /** Logits of the goal's next mini-batch under the present θ. */
  Tensor logits(LabelGoal goal) {
    return goal.logits(family.apply(goal.images(), theta), family.additions(theta));
  }

  /** One step down the gradient of {@code loss}, which ends within the ball. */
  void descend(Tensor loss, double radius) {
    Tensor gradient = Autograd.gradients(loss, List.of(theta)).get(0);
    g.assign(g.mul(MOMENTUM).add(gradient.mul(1 - MOMENTUM)));
    double length = family.size(g);
    double rate = length > 0 ? RATE * radius / length : 0;
    Tensor moved = theta.detach().sub(g.mul(rate));
    double size = family.size(moved);
    theta.assign(size > radius ? moved.mul(radius / size) : moved);
  }
}
