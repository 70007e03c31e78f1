package io.secateur.defence;

import io.secateur.engine.Autograd;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Shared adversarial examples: perturbed images that two networks, f and the reference g, both give
 * one and the same wrong answer. A backdoored image is one, if f still has the backdoor of g.
 *
 * <pre>
 *   fooled by f:   argmax f(x + δ) ≠ argmax f(x)        likewise by g
 *   shared:        fooled by both, and argmax f(x + δ) = argmax g(x + δ)
 *   L(δ) = − β₁/2 · ( Σ_{not fooled by f} CE( f(x + δ), y ) + Σ_{not fooled by g} CE( g(x + δ), y ) ) / N
 *          + β₂ · Σ_{not shared} JS( softmax f(x + δ), softmax g(x + δ) ) / N
 *   δ ← clip( δ − η sign ∇L, −r, r )        from δ = r everywhere, until all are shared
 * </pre>
 *
 * JS is the Jensen–Shannon divergence in nats. Each image has a δ of its own; x + δ is not clipped
 * to the range of images.
 *
 * <p>Source: Wei et al., "Shared Adversarial Unlearning: Backdoor Mitigation by Unlearning Shared
 * Adversarial Examples", NeurIPS 2023, sections 3 and 4, in the form of the authors' code in
 * BackdoorBench.
 *
 * @param adversarial β₁, at least 0
 * @param agreement β₂, at least 0
 * @param radius r, above 0
 * @param stepSize η, above 0
 * @param steps most steps taken, at least 1
 */
record SharedAttack(
    double adversarial, double agreement, double radius, double stepSize, int steps) {
  private static final double LEAST_PROBABILITY = 1e-8;

  /**
   * Perturbations, of the shape of {@code images}.
   *
   * @param network logits [N, K] by f of images [N, C, H, W]
   * @param reference logits by g
   * @param labels y [N]
   */
  Tensor perturbation(
      UnaryOperator<Tensor> network,
      UnaryOperator<Tensor> reference,
      Tensor images,
      Tensor labels) {
    Tensor answers = Scope.withoutGradients(() -> network.apply(images).argmax(1));
    Tensor referenceAnswers = Scope.withoutGradients(() -> reference.apply(images).argmax(1));
    Tensor delta = images.mul(0).add(radius);
    boolean allShared = false;
    for (int step = 0; step < steps && !allShared; step++) {
      Tensor present = delta;
      float[] shared = new float[1];
      delta =
          Scope.tensor(
              () -> {
                Tensor d = present.detach().copy().requireGradient();
                Tensor perturbed = images.add(d);
                Tensor f = network.apply(perturbed);
                Tensor g = reference.apply(perturbed);
                shared[0] = shared(f, g, answers, referenceAnswers).mean().item();
                Tensor loss = loss(f, g, answers, referenceAnswers, labels);
                Tensor slope = Autograd.gradients(loss, List.of(d)).get(0);
                return d.detach().sub(slope.sign().mul(stepSize)).clamp(-radius, radius);
              });
      allShared = shared[0] == 1;
    }
    return delta;
  }

  /** The loss L of logits {@code f} and {@code g} [N, K] of perturbed images, a scalar. */
  Tensor loss(Tensor f, Tensor g, Tensor answers, Tensor referenceAnswers, Tensor labels) {
    Tensor notFooled = fooled(f, answers).neg().add(1);
    Tensor referenceNotFooled = fooled(g, referenceAnswers).neg().add(1);
    Tensor crossEntropies =
        crossEntropy(f, labels)
            .mul(notFooled)
            .add(crossEntropy(g, labels).mul(referenceNotFooled))
            .sum();
    Tensor notShared = shared(f, g, answers, referenceAnswers).neg().add(1);
    Tensor divergences = divergence(f, g).mul(notShared).sum();
    return crossEntropies.mul(-adversarial / 2).add(divergences.mul(agreement)).div(f.size(0));
  }

  /** 1 for each image [N] that is shared, 0 for the others. */
  static Tensor shared(Tensor f, Tensor g, Tensor answers, Tensor referenceAnswers) {
    return fooled(f, answers)
        .mul(fooled(g, referenceAnswers))
        .mul(f.argmax(1).equalTo(g.argmax(1)));
  }

  /** 1 for each image [N] whose largest logit is not that of {@code answers}. */
  static Tensor fooled(Tensor logits, Tensor answers) {
    return logits.argmax(1).equalTo(answers).neg().add(1);
  }

  /** Jensen–Shannon divergence [N] of the two distributions, in nats. */
  static Tensor divergence(Tensor f, Tensor g) {
    Tensor p = f.softmax(1).clamp(LEAST_PROBABILITY, 1);
    Tensor q = g.softmax(1).clamp(LEAST_PROBABILITY, 1);
    Tensor middle = p.add(q).mul(0.5).log();
    Tensor own = p.mul(p.log()).add(q.mul(q.log()));
    return own.sub(p.add(q).mul(middle)).mul(0.5).sum(new long[] {1});
  }

  private static Tensor crossEntropy(Tensor logits, Tensor labels) {
    return logits.logSoftmax(1).gather(1, labels.unsqueeze(1)).reshape(-1).neg();
  }
}
