package io.secateur.agent;

import io.secateur.engine.Optimizer;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.graph.ChannelGraph;
import io.secateur.run.Progress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Proximal policy optimisation of the one-step policy ({@link MaskPolicy}): an iteration draws
 * masks, asks what each is worth and makes the nodes' decisions in the better ones more likely.
 *
 * <pre>
 * A_m  = (Φ_m − mean Φ) / std Φ                                     over the masks of the iteration
 * r_mi = P(m_i | now) / P(m_i | when drawn)
 * L    = −1/√N · Σ_i [ mean_m min(r_mi A_m, clip(r_mi, 1 ± ε) A_m) + β_N H(p_i) ]
 * β_N  = β · min(1, 200 / N)
 * </pre>
 *
 * Ratios are clipped per node: over all N nodes of a mask their product leaves 1 ± ε at once. There
 * is no critic, for every mask starts from the same state and the batch's mean Φ is its value. The
 * masks returned are those of the policy itself (nodes likely to be pruned), scored on everything:
 * the best mask of a lucky draw of images is not to be trusted.
 *
 * <p>One advantage per mask is shared by all of its nodes' decisions, so the signal of each falls
 * with N. The entropy's does not: on 2,400 nodes, with one β for all sizes, it outweighs what the
 * masks say and drives every probability towards one half.
 *
 * <p>Source: Schulman et al. 2017, "Proximal policy optimization algorithms", equations 7 and 9.
 * Differs from the paper in: one step, factorised ratio, no critic, the factor 1/√N.
 */
public final class PpoMask {
  /** Probabilities from which a node is in a candidate mask. */
  private static final double[] THRESHOLDS = {0.5, 0.3};

  /** Nodes up to which the entropy of each has its full weight. */
  private static final double NODES_AT_FULL_ENTROPY = 200;

  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;

  private final PpoMaskSettings settings;
  private final RandomGenerator random;
  private final Progress progress;

  /** A search; {@code random} seeds the weights and draws the masks. */
  public PpoMask(PpoMaskSettings settings, RandomGenerator random, Progress progress) {
    this.settings = settings;
    this.random = random;
    this.progress = progress;
  }

  /**
   * Searches from one probability for all nodes.
   *
   * @param features [nodes][F], of about zero mean and unit variance
   * @param objective what masks are worth; called once per iteration
   * @param score what decides among candidates
   */
  public SearchResult search(
      ChannelGraph graph, float[][] features, MaskObjective objective, MaskScore score) {
    double[] logits = new double[graph.nodes()];
    double p = settings.startProbability();
    Arrays.fill(logits, Math.log(p / (1 - p)));
    return search(graph, features, logits, objective, score);
  }

  /**
   * Searches from the given logits of pruning each node, a warm start. A node whose logit lies far
   * from 0 is hardly ever tried the other way; where many nodes are near 0, so many are pruned by
   * chance that no decision shows.
   */
  public SearchResult search(
      ChannelGraph graph,
      float[][] features,
      double[] initialLogits,
      MaskObjective objective,
      MaskScore score) {
    if (initialLogits.length != graph.nodes()) {
      throw new IllegalArgumentException(
          initialLogits.length + " initial logits for a graph of " + graph.nodes());
    }
    progress.begin("search for channels to prune", settings.iterations());
    try (Scope variables = Scope.open()) {
      MaskPolicy policy =
          new MaskPolicy(settings.encoder(), graph, features, initialLogits, random);
      Optimizer adam = Optimizer.adam(policy.parameters(), settings.learningRate(), BETA1, BETA2);
      Candidates candidates = new Candidates(score);
      LearningCurve.Recorder curve = new LearningCurve.Recorder();

      float[] logits = logitsNow(policy);
      candidates.consider(probabilities(logits), 0);
      int iteration = 0;
      while (iteration < settings.iterations()
          && iteration - candidates.foundAt < settings.patience()) {
        // Draw masks m ~ P and measure Φ_m.
        double[] p = probabilities(logits);
        List<boolean[]> masks = new ArrayList<>();
        for (int m = 0; m < settings.masks(); m++) {
          masks.add(MaskPolicy.sample(p, random));
        }
        double[] phi = measure(objective, masks, iteration);
        curve.add(phi, meanEntropy(p), Arrays.stream(p).sum());

        // Learn from them.
        double[] advantages = Advantages.normalised(phi);
        update(policy, adam, logits, masks, advantages);
        logits = logitsNow(policy);

        iteration++;
        if (iteration % settings.candidateEvery() == 0 || iteration == settings.iterations()) {
          candidates.consider(probabilities(logits), iteration);
        }
        progress.advance(iteration, note(phi, p));
      }
      candidates.settle(graph.nodes());
      progress.end(
          String.format(
              Locale.ROOT,
              "%d of %d channels, score %.3f",
              MaskBits.count(candidates.best),
              graph.nodes(),
              candidates.bestScore));
      return new SearchResult(
          candidates.best,
          candidates.bestScore,
          probabilities(logits),
          iteration,
          iteration * settings.masks(),
          curve.curve());
    }
  }

  /** The epochs of one iteration. */
  private void update(
      MaskPolicy policy,
      Optimizer adam,
      float[] oldLogits,
      List<boolean[]> masks,
      double[] advantages) {
    try (Scope iteration = Scope.open()) {
      int n = oldLogits.length;
      Tensor drawn = tensor(masks, n);
      Tensor old = MaskPolicy.logProbabilities(Tensor.of(oldLogits, n), drawn);
      Tensor advantage = column(advantages);
      for (int epoch = 0; epoch < settings.epochs(); epoch++) {
        try (Scope step = Scope.open()) {
          adam.minimise(loss(policy.logits(), drawn, old, advantage), settings.gradientClip());
        }
      }
    }
  }

  /** L of logits [N], masks [M, N], their log-probabilities when drawn and advantages [M, 1]. */
  private Tensor loss(Tensor logits, Tensor masks, Tensor old, Tensor advantage) {
    Tensor now = MaskPolicy.logProbabilities(logits, masks);
    Tensor gain = ClippedSurrogate.of(now, old, advantage, settings.clip()).mean(0L).sum();
    long nodes = logits.elements();
    double beta = settings.entropy() * Math.min(1, NODES_AT_FULL_ENTROPY / nodes);
    Tensor bonus = MaskPolicy.entropy(logits).sum().mul(beta);
    return gain.add(bonus).mul(-1 / Math.sqrt(nodes));
  }

  /** Φ of the masks; what the objective leaves in native memory is freed. */
  private static double[] measure(MaskObjective objective, List<boolean[]> masks, int iteration) {
    double[] phi = Scope.value(() -> objective.evaluate(masks, iteration));
    if (phi.length != masks.size()) {
      throw new IllegalStateException(
          "the objective gave " + phi.length + " values for " + masks.size() + " masks");
    }
    for (double value : phi) {
      if (!Double.isFinite(value)) {
        throw new IllegalStateException("the objective gave " + value);
      }
    }
    return phi;
  }

  private static float[] logitsNow(MaskPolicy policy) {
    return Scope.value(() -> Scope.withoutGradients(() -> policy.logits().toFloats()));
  }

  private static double[] probabilities(float[] logits) {
    double[] p = new double[logits.length];
    Arrays.setAll(p, i -> 1 / (1 + Math.exp(-logits[i])));
    return p;
  }

  /** Mean over nodes of −p log p − (1 − p) log(1 − p). */
  private static double meanEntropy(double[] p) {
    return Arrays.stream(p)
        .map(q -> q <= 0 || q >= 1 ? 0 : -q * Math.log(q) - (1 - q) * Math.log1p(-q))
        .average()
        .orElseThrow();
  }

  private static Tensor tensor(List<boolean[]> masks, int nodes) {
    float[] flat = new float[masks.size() * nodes];
    for (int m = 0; m < masks.size(); m++) {
      for (int i = 0; i < nodes; i++) {
        flat[m * nodes + i] = masks.get(m)[i] ? 1 : 0;
      }
    }
    return Tensor.of(flat, masks.size(), nodes);
  }

  private static Tensor column(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return Tensor.of(floats, floats.length, 1);
  }

  private static String note(double[] phi, double[] p) {
    return String.format(
        Locale.ROOT,
        "mean phi %.3f, expecting %.1f prunings",
        Arrays.stream(phi).average().orElseThrow(),
        Arrays.stream(p).sum());
  }

  /** The best of the policy's own masks so far; a mask is scored once. */
  private static final class Candidates {
    private final MaskScore score;
    private final Map<BitSet, Double> scored = new HashMap<>();
    private boolean[] best = new boolean[0];
    private double bestScore = Double.NEGATIVE_INFINITY;
    private int foundAt;

    Candidates(MaskScore score) {
      this.score = score;
    }

    void consider(double[] probabilities, int iteration) {
      for (double threshold : THRESHOLDS) {
        boolean[] mask = MaskPolicy.likely(probabilities, threshold);
        double value = scored.computeIfAbsent(MaskBits.of(mask), unseen -> measure(mask));
        if (value > bestScore) {
          best = mask;
          bestScore = value;
          foundAt = iteration;
        }
      }
    }

    /** Where all of the policy's masks were ruled out, nothing is pruned. */
    void settle(int nodes) {
      if (bestScore == Double.NEGATIVE_INFINITY) {
        best = new boolean[nodes];
        bestScore = measure(best);
      }
    }

    private double measure(boolean[] mask) {
      double value = Scope.value(() -> score.score(mask));
      if (Double.isNaN(value) || value == Double.POSITIVE_INFINITY) {
        throw new IllegalStateException("a candidate scored " + value);
      }
      return value;
    }
  }
}
