package io.secateur.agent;

import io.secateur.engine.Optimizer;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.graph.ChannelGraph;
import io.secateur.run.Progress;
import io.secateur.run.RandomOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntToDoubleFunction;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Proximal policy optimisation of the policy that prunes step by step ({@link SequentialPolicy}).
 *
 * <pre>
 * r_t = Φ(s_{t+1}) − Φ(s_t),   A_t = GAE(γ, λ), normalised over the update,   R_t = A_t + V_old(s_t)
 * L   = mean_t [ −min(ρ_t A_t, clip(ρ_t, 1 ± ε) A_t) − c_H H(π_t) + c_V (V(s_t) − R_t)² / 2 ]
 * </pre>
 *
 * An episode ends with STOP, where the objective calls the mask terminal, when its steps are used
 * up or when nothing is left; the value behind the end is 0. The mask with the best Φ that any
 * episode passed through is returned.
 *
 * <p>Source: Schulman et al. 2017, "Proximal policy optimization algorithms", equations 7 and 9.
 * Differs from the paper in: advantages are normalised; actor and critic share nothing.
 */
public final class PpoSequential {
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;

  private final PpoSequentialSettings settings;
  private final RandomGenerator random;
  private final Progress progress;

  /** A search; {@code random} seeds the weights, draws the steps and shuffles them. */
  public PpoSequential(PpoSequentialSettings settings, RandomGenerator random, Progress progress) {
    this.settings = settings;
    this.random = random;
    this.progress = progress;
  }

  /**
   * Searches.
   *
   * @param features [nodes][F], of about zero mean and unit variance
   */
  public SearchResult search(ChannelGraph graph, float[][] features, StepObjective objective) {
    progress.begin("search for channels to prune, step by step", settings.episodes());
    try (Scope variables = Scope.open()) {
      Search search = new Search(graph, features, objective);
      LearningCurve.Recorder curve = new LearningCurve.Recorder();
      int played = 0;
      int updates = 0;
      while (played < settings.episodes() && played - search.foundAt < settings.patience()) {
        // Play a batch of episodes side by side.
        List<Episode> episodes = search.play(played);
        played += episodes.size();

        // Learn from every step of them.
        double entropy = search.update(episodes);
        updates++;

        double[] phi = episodes.stream().mapToDouble(Episode::phi).toArray();
        double pruned = episodes.stream().mapToInt(Episode::count).average().orElseThrow();
        curve.add(phi, entropy, pruned);
        progress.advance(
            Math.min(played, settings.episodes()),
            String.format(
                Locale.ROOT,
                "mean phi %.3f, %.1f prunings, best %.3f",
                Arrays.stream(phi).average().orElseThrow(),
                pruned,
                search.bestPhi));
      }
      progress.end(String.format(Locale.ROOT, "score %.3f", search.bestPhi));
      return new SearchResult(
          search.best,
          search.bestPhi,
          search.firstStep(),
          updates,
          search.evaluations,
          curve.curve());
    }
  }

  /** The working memory of one search. */
  private final class Search {
    private final ChannelGraph graph;
    private final StepObjective objective;
    private final Tensor features;
    private final SequentialPolicy actor;
    private final Critic critic;
    private final Optimizer adam;

    private final double unprunedPhi;
    private boolean[] best;
    private double bestPhi;
    private int foundAt;
    private int evaluations;

    Search(ChannelGraph graph, float[][] features, StepObjective objective) {
      this.graph = graph;
      this.objective = objective;
      this.features = NodeFeatures.tensor(features, graph);
      this.actor = new SequentialPolicy(settings.encoder(), features[0].length, random);
      this.critic = new Critic(settings.encoder(), features[0].length, random);
      List<Tensor> parameters = new ArrayList<>(actor.parameters());
      parameters.addAll(critic.parameters());
      this.adam = Optimizer.adam(parameters, settings.learningRate(), BETA1, BETA2);
      this.best = new boolean[graph.nodes()];
      this.unprunedPhi = phi(best);
      this.bestPhi = unprunedPhi;
    }

    /** A batch of episodes, of which {@code played} were played before. */
    List<Episode> play(int played) {
      List<Episode> episodes = new ArrayList<>();
      for (int e = 0; e < settings.episodesPerUpdate(); e++) {
        episodes.add(new Episode(graph.nodes(), unprunedPhi));
      }
      for (int t = 0; t < settings.steps(); t++) {
        List<Episode> going = episodes.stream().filter(episode -> !episode.over()).toList();
        if (going.isEmpty()) {
          break;
        }
        List<boolean[]> states = going.stream().map(Episode::pruned).toList();
        Judgement judgement = judge(states);
        for (int e = 0; e < going.size(); e++) {
          int[] draws = SequentialPolicy.draw(judgement.logits[e], settings.nodesPerStep(), random);
          step(going.get(e), draws, judgement.logits[e], judgement.values[e], t, played);
        }
      }
      return episodes;
    }

    private void step(
        Episode episode, int[] draws, double[] logits, double value, int t, int played) {
      boolean[] next = episode.after(draws);
      boolean stopped = draws[draws.length - 1] == graph.nodes();
      boolean moved = draws[0] != graph.nodes();
      double phi = moved ? phi(next) : episode.phi();
      if (phi > bestPhi) {
        best = next;
        bestPhi = phi;
        foundAt = played;
      }
      boolean last = stopped || t == settings.steps() - 1 || full(next) || terminal(next);
      double reward =
          settings.credit() == PpoSequentialSettings.Credit.EACH_STEP
              ? phi - episode.phi()
              : last ? phi - unprunedPhi : 0;
      double log = logProbability(logits, draws);
      episode.advance(
          new Episode.Step(episode.pruned(), draws, log, value, reward), next, phi, last);
    }

    /** The epochs of one update; returns the mean entropy of the policy in them. */
    double update(List<Episode> episodes) {
      List<Episode.Step> steps = new ArrayList<>();
      double[] raw = new double[0];
      for (Episode episode : episodes) {
        double[] rewards = episode.steps().stream().mapToDouble(Episode.Step::reward).toArray();
        double[] values = episode.steps().stream().mapToDouble(Episode.Step::value).toArray();
        double[] gae = Gae.advantages(rewards, values, 0, settings.gamma(), settings.lambda());
        raw = Arrays.copyOf(raw, raw.length + gae.length);
        System.arraycopy(gae, 0, raw, raw.length - gae.length, gae.length);
        steps.addAll(episode.steps());
      }
      double[] advantages = Advantages.normalised(raw);
      int[] order = new int[steps.size()];
      Arrays.setAll(order, i -> i);
      double entropy = 0;
      int batches = 0;
      for (int epoch = 0; epoch < settings.epochs(); epoch++) {
        RandomOrder.shuffle(order, random);
        for (int at = 0; at < order.length; at += settings.minibatch()) {
          int[] rows =
              Arrays.copyOfRange(order, at, Math.min(order.length, at + settings.minibatch()));
          entropy += descend(steps, rows, raw, advantages);
          batches++;
        }
      }
      return entropy / batches;
    }

    /** One gradient step on the steps {@code rows}; returns their mean entropy. */
    private double descend(
        List<Episode.Step> steps, int[] rows, double[] raw, double[] advantages) {
      try (Scope scope = Scope.open()) {
        List<Episode.Step> batch = Arrays.stream(rows).mapToObj(steps::get).toList();
        Tensor advantage = vector(rows, i -> advantages[i]);
        Tensor old = vector(rows, i -> steps.get(i).logProbability());
        Tensor target = vector(rows, i -> raw[i] + steps.get(i).value());
        States states =
            States.of(graph, features, batch.stream().map(Episode.Step::pruned).toList());

        Tensor logits = actor.logits(states);
        Tensor now =
            SequentialPolicy.logProbabilities(
                logits, batch.stream().map(Episode.Step::draws).toList());
        Tensor gain = ClippedSurrogate.of(now, old, advantage, settings.clip()).mean();
        Tensor entropy = SequentialPolicy.entropy(logits).mean();
        Tensor error = critic.values(states).sub(target).square().mean().mul(0.5);
        adam.minimise(
            gain.neg().sub(entropy.mul(settings.entropy())).add(error.mul(settings.valueWeight())),
            settings.gradientClip());
        return entropy.item();
      }
    }

    /** Probability of pruning each node first. */
    double[] firstStep() {
      double[] logits = judge(List.of(new boolean[graph.nodes()])).logits[0];
      return Arrays.copyOf(SequentialPolicy.probabilities(logits), graph.nodes());
    }

    private Judgement judge(List<boolean[]> pruned) {
      Supplier<Judgement> forward =
          () -> {
            States states = States.of(graph, features, pruned);
            float[] logits = actor.logits(states).toFloats();
            float[] values = critic.values(states).toFloats();
            return new Judgement(logits, values);
          };
      return Scope.value(() -> Scope.withoutGradients(forward));
    }

    private double phi(boolean[] pruned) {
      evaluations++;
      double phi = Scope.value(() -> objective.phi(pruned));
      if (!Double.isFinite(phi)) {
        throw new IllegalStateException("the objective gave " + phi);
      }
      return phi;
    }

    private boolean terminal(boolean[] pruned) {
      return Scope.value(() -> objective.terminal(pruned));
    }
  }

  /** What actor and critic say of states. */
  private static final class Judgement {
    private final double[][] logits;
    private final float[] values;

    Judgement(float[] flat, float[] values) {
      this.values = values;
      int choices = flat.length / values.length;
      this.logits = new double[values.length][choices];
      for (int i = 0; i < flat.length; i++) {
        logits[i / choices][i % choices] = flat[i];
      }
    }
  }

  /** log π of draws without replacement. */
  private static double logProbability(double[] logits, int[] draws) {
    double[] left = logits.clone();
    double log = 0;
    for (int draw : draws) {
      log += Math.log(SequentialPolicy.probabilities(left)[draw]);
      left[draw] = SequentialPolicy.IMPOSSIBLE;
    }
    return log;
  }

  private static boolean full(boolean[] pruned) {
    for (boolean node : pruned) {
      if (!node) {
        return false;
      }
    }
    return true;
  }

  private static Tensor vector(int[] rows, IntToDoubleFunction value) {
    float[] values = new float[rows.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) value.applyAsDouble(rows[i]);
    }
    return Tensor.of(values, values.length);
  }
}
