package io.secateur.agent;

import io.secateur.engine.Tensor;
import io.secateur.graph.ChannelGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The one-step policy: every node is pruned or kept at once, independently given its embedding.
 *
 * <pre>
 * z_i = z⁰_i + MLP( h_i ‖ mean_j h_j ),   MLP: 128 → 64 → 1
 * P(m) = Π_i p_i^{m_i} (1 − p_i)^{1 − m_i},   p_i = sigmoid(z_i)
 * </pre>
 *
 * The last layer starts almost at zero, so that the policy starts at the initial logits z⁰: one
 * probability for all nodes, or a warm start from another method's mask.
 */
final class MaskPolicy {
  private static final double LAST_LAYER_BOUND = 0.01;

  private final Encoder encoder;
  private final Neighbourhoods edges;
  private final Tensor features;
  private final Tensor initial;
  private final Dense hidden;
  private final Dense output;

  MaskPolicy(
      EncoderKind kind,
      ChannelGraph graph,
      float[][] features,
      double[] initialLogits,
      RandomGenerator random) {
    this.edges = Neighbourhoods.of(graph);
    this.features = NodeFeatures.tensor(features, graph);
    this.encoder = Encoder.create(kind, features[0].length, random);
    this.hidden = Dense.glorot(2 * Encoder.WIDTH, Encoder.WIDTH, random);
    this.output = Dense.almostZero(Encoder.WIDTH, 1, LAST_LAYER_BOUND, random);
    float[] start = new float[graph.nodes()];
    for (int i = 0; i < start.length; i++) {
      start[i] = (float) initialLogits[i];
    }
    this.initial = Tensor.of(start, start.length);
  }

  /** z [N]. */
  Tensor logits() {
    Tensor h = encoder.encode(features, edges);
    Tensor mean = h.mean(0L).unsqueeze(0).expand(h.size(0), Encoder.WIDTH);
    Tensor z = output.apply(hidden.apply(Tensor.cat(1, h, mean)).relu());
    return initial.add(z.reshape(-1));
  }

  List<Tensor> parameters() {
    List<Tensor> all = new ArrayList<>(encoder.parameters());
    all.addAll(hidden.parameters());
    all.addAll(output.parameters());
    return all;
  }

  /** log P(m_i) per mask and node, [M, N], of masks [M, N] of zeros and ones under logits [N]. */
  static Tensor logProbabilities(Tensor logits, Tensor masks) {
    Tensor pruned = masks.mul(logits.logSigmoid());
    Tensor kept = masks.neg().add(1).mul(logits.neg().logSigmoid());
    return pruned.add(kept);
  }

  /** −p log p − (1 − p) log(1 − p) per node, [N]. */
  static Tensor entropy(Tensor logits) {
    Tensor p = logits.sigmoid();
    Tensor pruned = p.mul(logits.logSigmoid());
    Tensor kept = p.neg().add(1).mul(logits.neg().logSigmoid());
    return pruned.add(kept).neg();
  }

  /** A mask drawn from the policy. */
  static boolean[] sample(double[] probabilities, RandomGenerator random) {
    boolean[] mask = new boolean[probabilities.length];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = random.nextDouble() < probabilities[i];
    }
    return mask;
  }

  /** The nodes that are pruned with a probability of at least {@code threshold}. */
  static boolean[] likely(double[] probabilities, double threshold) {
    boolean[] mask = new boolean[probabilities.length];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = probabilities[i] >= threshold;
    }
    return mask;
  }
}
