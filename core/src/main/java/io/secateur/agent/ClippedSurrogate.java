package io.secateur.agent;

import io.secateur.engine.Tensor;

/**
 * What proximal policy optimisation raises, per decision:
 *
 * <pre>L = min( r A, clip(r, 1 − ε, 1 + ε) A ),   r = exp( log π − log π_old )</pre>
 *
 * The minimum takes away the gain, and with it the gradient, of a step that has already moved a
 * decision's probability by more than ε in the direction its advantage asks for.
 *
 * <p>Source: Schulman et al. 2017, "Proximal policy optimization algorithms", equation 7.
 */
final class ClippedSurrogate {
  private ClippedSurrogate() {}

  /** L element by element; {@code advantage} is spread over the shape of the log-probabilities. */
  static Tensor of(Tensor logProbability, Tensor old, Tensor advantage, double epsilon) {
    Tensor ratio = logProbability.sub(old).exp();
    return ratio.mul(advantage).minimum(ratio.clamp(1 - epsilon, 1 + epsilon).mul(advantage));
  }
}
