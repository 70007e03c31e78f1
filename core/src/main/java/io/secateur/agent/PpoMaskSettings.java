package io.secateur.agent;

/**
 * Settings of {@link PpoMask}.
 *
 * @param encoder of the nodes
 * @param iterations at most
 * @param masks drawn per iteration, at least 2
 * @param startProbability of pruning a node before anything is learnt, in (0, 1)
 * @param epochs gradient steps per iteration
 * @param learningRate of Adam
 * @param clip ε
 * @param entropy β, weight of each node's entropy; less on large graphs, see {@link PpoMask}
 * @param gradientClip largest Euclidean norm of the gradient
 * @param candidateEvery iterations between two looks at the policy's own masks
 * @param patience iterations without a better candidate after which the search ends
 */
public record PpoMaskSettings(
    EncoderKind encoder,
    int iterations,
    int masks,
    double startProbability,
    int epochs,
    double learningRate,
    double clip,
    double entropy,
    double gradientClip,
    int candidateEvery,
    int patience) {
  /** 3,000 masks, 24 at a time, from a probability of 0.02. */
  public static final PpoMaskSettings DEFAULT =
      new PpoMaskSettings(EncoderKind.GAT, 125, 24, 0.02, 4, 1e-3, 0.2, 0.01, 0.5, 5, 60);

  /** Rejects what cannot learn. */
  public PpoMaskSettings {
    require(iterations >= 1, "iterations must be at least 1, got " + iterations);
    require(masks >= 2, "masks per iteration must be at least 2, got " + masks);
    require(
        startProbability > 0 && startProbability < 1,
        "start probability must be in (0, 1), got " + startProbability);
    require(epochs >= 1, "epochs must be at least 1, got " + epochs);
    require(
        learningRate > 0 && Double.isFinite(learningRate),
        "learning rate must be finite and positive, got " + learningRate);
    require(clip > 0 && clip < 1, "clip must be in (0, 1), got " + clip);
    require(
        entropy >= 0 && Double.isFinite(entropy),
        "entropy weight must be finite and not negative, got " + entropy);
    require(gradientClip > 0, "gradient clip must be positive, got " + gradientClip);
    require(candidateEvery >= 1, "candidates every at least 1, got " + candidateEvery);
    require(patience >= 1, "patience must be at least 1, got " + patience);
  }

  /** With another encoder. */
  public PpoMaskSettings withEncoder(EncoderKind other) {
    return new PpoMaskSettings(
        other,
        iterations,
        masks,
        startProbability,
        epochs,
        learningRate,
        clip,
        entropy,
        gradientClip,
        candidateEvery,
        patience);
  }

  /** With another length, and patience for all of it. */
  public PpoMaskSettings withIterations(int most) {
    return withIterations(most, most);
  }

  /** With another length and patience. */
  public PpoMaskSettings withIterations(int most, int patienceFor) {
    return new PpoMaskSettings(
        encoder,
        most,
        masks,
        startProbability,
        epochs,
        learningRate,
        clip,
        entropy,
        gradientClip,
        candidateEvery,
        patienceFor);
  }

  /** With another probability at the start. */
  public PpoMaskSettings withStartProbability(double probability) {
    return new PpoMaskSettings(
        encoder,
        iterations,
        masks,
        probability,
        epochs,
        learningRate,
        clip,
        entropy,
        gradientClip,
        candidateEvery,
        patience);
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
