package io.secateur.agent;

import io.secateur.engine.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The policy that prunes step by step: in a state it draws a node that is still alive, or STOP,
 *
 * <pre>
 * z_i = MLP( h_i ‖ mean_j h_j ),  z_STOP = MLP'( mean_j h_j ),  π = softmax over the living and STOP
 * </pre>
 *
 * and, to take several nodes in a step, goes on drawing without replacement; the log-probability of
 * the step is the sum of those of its draws. STOP is index N.
 */
final class SequentialPolicy {
  /** Stands for −∞ where 0 · −∞ must be 0. */
  static final double IMPOSSIBLE = -1e9;

  private static final double LAST_LAYER_BOUND = 0.01;

  private final Encoder encoder;
  private final Dense hidden;
  private final Dense output;
  private final Dense stopHidden;
  private final Dense stopOutput;

  /** A policy over nodes of {@code features} features, without the flag that states add. */
  SequentialPolicy(EncoderKind kind, int features, RandomGenerator random) {
    this.encoder = Encoder.create(kind, features + 1, random);
    this.hidden = Dense.glorot(2 * Encoder.WIDTH, Encoder.WIDTH, random);
    this.output = Dense.almostZero(Encoder.WIDTH, 1, LAST_LAYER_BOUND, random);
    this.stopHidden = Dense.glorot(Encoder.WIDTH, Encoder.WIDTH, random);
    this.stopOutput = Dense.almostZero(Encoder.WIDTH, 1, LAST_LAYER_BOUND, random);
  }

  /** z [B, N + 1], {@link #IMPOSSIBLE} on pruned nodes. */
  Tensor logits(States states) {
    int b = states.count();
    int n = states.nodes();
    Tensor h = encoder.encode(states.features(), states.edges()).reshape(b, n, Encoder.WIDTH);
    Tensor mean = states.mean(h);
    Tensor spread = mean.unsqueeze(1).expand(b, n, Encoder.WIDTH);
    Tensor nodes = output.apply(hidden.apply(Tensor.cat(2, h, spread)).relu()).reshape(b, n);
    Tensor stop = stopOutput.apply(stopHidden.apply(mean).relu());
    return Tensor.cat(1, nodes.maskedFill(states.alive().equalTo(0), IMPOSSIBLE), stop);
  }

  /**
   * log π of what was drawn in each state, [B].
   *
   * @param logits [B, N + 1]
   * @param actions the draws of each state, in order
   */
  static Tensor logProbabilities(Tensor logits, List<int[]> actions) {
    int b = actions.size();
    int choices = logits.size(1);
    int most = actions.stream().mapToInt(draws -> draws.length).max().orElseThrow();
    Tensor total = Tensor.zeros(b);
    float[] taken = new float[b * choices];
    for (int k = 0; k < most; k++) {
      long[] chosen = new long[b];
      float[] drawn = new float[b];
      for (int s = 0; s < b; s++) {
        int[] draws = actions.get(s);
        drawn[s] = k < draws.length ? 1 : 0;
        chosen[s] = k < draws.length ? draws[k] : choices - 1;
      }
      Tensor log = logits.maskedFill(Tensor.of(taken, b, choices), IMPOSSIBLE).logSoftmax(1);
      Tensor of = log.gather(1, Tensor.of(chosen, b, 1)).reshape(-1);
      total = total.add(of.mul(Tensor.of(drawn, b)));
      for (int s = 0; s < b; s++) {
        if (k < actions.get(s).length) {
          taken[s * choices + actions.get(s)[k]] = 1;
        }
      }
    }
    return total;
  }

  /** Entropy of the first draw in each state, [B]. */
  static Tensor entropy(Tensor logits) {
    Tensor log = logits.logSoftmax(1);
    return log.exp().mul(log).sum(1L).neg();
  }

  /** Up to {@code most} draws without replacement; STOP, if drawn, is the last. */
  static int[] draw(double[] logits, int most, RandomGenerator random) {
    double[] left = logits.clone();
    int stop = left.length - 1;
    List<Integer> draws = new ArrayList<>();
    while (draws.size() < most && (draws.isEmpty() || draws.get(draws.size() - 1) != stop)) {
      int next = choose(probabilities(left), random);
      draws.add(next);
      left[next] = IMPOSSIBLE;
    }
    return draws.stream().mapToInt(Integer::intValue).toArray();
  }

  /** softmax. */
  static double[] probabilities(double[] logits) {
    double max = Double.NEGATIVE_INFINITY;
    for (double z : logits) {
      max = Math.max(max, z);
    }
    double sum = 0;
    double[] p = new double[logits.length];
    for (int i = 0; i < p.length; i++) {
      p[i] = Math.exp(logits[i] - max);
      sum += p[i];
    }
    for (int i = 0; i < p.length; i++) {
      p[i] /= sum;
    }
    return p;
  }

  private static int choose(double[] p, RandomGenerator random) {
    double u = random.nextDouble();
    int last = p.length - 1;
    for (int i = 0; i < p.length; i++) {
      if (p[i] > 0) {
        last = i;
        u -= p[i];
        if (u < 0) {
          return i;
        }
      }
    }
    return last;
  }

  List<Tensor> parameters() {
    List<Tensor> all = new ArrayList<>(encoder.parameters());
    for (Dense layer : List.of(hidden, output, stopHidden, stopOutput)) {
      all.addAll(layer.parameters());
    }
    return all;
  }
}
