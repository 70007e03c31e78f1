package io.secateur.agent;

/**
 * Settings of {@link PpoSequential}.
 *
 * @param encoder of the nodes
 * @param credit when reward is given
 * @param episodes at most, rounded up to whole batches
 * @param episodesPerUpdate played before each update
 * @param steps of an episode, at most
 * @param nodesPerStep pruned in a step, at most
 * @param patience episodes without a better mask after which the search ends
 * @param gamma discount γ
 * @param lambda λ of {@link Gae}
 * @param epochs passes over the steps of an update
 * @param minibatch states per gradient step
 * @param learningRate of Adam
 * @param clip ε
 * @param entropy weight of the entropy
 * @param valueWeight weight of the critic's error
 * @param gradientClip largest Euclidean norm of the gradient
 */
public record PpoSequentialSettings(
    EncoderKind encoder,
    Credit credit,
    int episodes,
    int episodesPerUpdate,
    int steps,
    int nodesPerStep,
    int patience,
    double gamma,
    double lambda,
    int epochs,
    int minibatch,
    double learningRate,
    double clip,
    double entropy,
    double valueWeight,
    double gradientClip) {
  /** When reward is given. */
  public enum Credit {
    /** r_t = Φ(s_{t+1}) − Φ(s_t). */
    EACH_STEP,
    /** r_T = Φ(s_T) − Φ(s_0) at the end, 0 before. */
    AT_END
  }

  /** 300 episodes of up to 32 single nodes, 16 per update. */
  public static final PpoSequentialSettings DEFAULT =
      new PpoSequentialSettings(
          EncoderKind.GAT,
          Credit.EACH_STEP,
          300,
          16,
          32,
          1,
          50,
          0.99,
          0.95,
          4,
          32,
          3e-4,
          0.2,
          0.01,
          0.5,
          0.5);

  /** Rejects what cannot learn. */
  public PpoSequentialSettings {
    require(episodes >= 1, "episodes must be at least 1, got " + episodes);
    require(episodesPerUpdate >= 1, "episodes per update: at least 1, got " + episodesPerUpdate);
    require(steps >= 1, "steps must be at least 1, got " + steps);
    require(nodesPerStep >= 1, "nodes per step must be at least 1, got " + nodesPerStep);
    require(patience >= 1, "patience must be at least 1, got " + patience);
    require(gamma > 0 && gamma <= 1, "gamma must be in (0, 1], got " + gamma);
    require(lambda >= 0 && lambda <= 1, "lambda must be in [0, 1], got " + lambda);
    require(epochs >= 1, "epochs must be at least 1, got " + epochs);
    require(minibatch >= 1, "minibatch must be at least 1, got " + minibatch);
    require(learningRate > 0, "learning rate must be positive, got " + learningRate);
    require(clip > 0 && clip < 1, "clip must be in (0, 1), got " + clip);
    require(entropy >= 0, "entropy weight must not be negative, got " + entropy);
    require(valueWeight >= 0, "value weight must not be negative, got " + valueWeight);
    require(gradientClip > 0, "gradient clip must be positive, got " + gradientClip);
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
