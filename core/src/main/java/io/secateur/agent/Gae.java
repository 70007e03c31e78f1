package io.secateur.agent;

/**
 * Generalised advantage estimation:
 *
 * <pre>
 * δ_t = r_t + γ V(s_{t+1}) − V(s_t)
 * A_t = δ_t + γ λ A_{t+1} = Σ_k (γ λ)^k δ_{t+k}
 * </pre>
 *
 * <p>Source: Schulman et al. 2016, "High-dimensional continuous control using generalized advantage
 * estimation", equations 11 and 16.
 */
final class Gae {
  private Gae() {}

  /**
   * A_t of one episode.
   *
   * @param rewards r_t
   * @param values V(s_t), as many
   * @param after V of the state behind the last step, 0 where the episode ended there
   */
  static double[] advantages(
      double[] rewards, double[] values, double after, double gamma, double lambda) {
    double[] advantages = new double[rewards.length];
    double nextValue = after;
    double nextAdvantage = 0;
    for (int t = rewards.length - 1; t >= 0; t--) {
      double delta = rewards[t] + gamma * nextValue - values[t];
      advantages[t] = delta + gamma * lambda * nextAdvantage;
      nextValue = values[t];
      nextAdvantage = advantages[t];
    }
    return advantages;
  }
}
