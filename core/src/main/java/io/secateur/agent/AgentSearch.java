package io.secateur.agent;

import io.secateur.graph.ChannelGraph;
import io.secateur.graph.ConnectionGraph;
import io.secateur.run.RunContext;
import java.util.Arrays;
import java.util.Comparator;

/**
 * ONP's search: the units as a graph, a graph-attention policy that learns by PPO which to prune.
 *
 * <ol>
 *   <li>the graph: edges where connection strengths are alike ({@link ConnectionGraph});
 *   <li>node features from activations on clean and triggered images ({@link UnitFeatures});
 *   <li>trial and error: masks drawn from the policy, Φ on images drawn anew each iteration ({@link
 *       PpoMask});
 *   <li>the policy's own masks compete on the hold-out images;
 *   <li>the best is made smaller, so that there are candidates of every size ({@link
 *       BackwardElimination}).
 * </ol>
 *
 * @param graph how edges are chosen
 * @param edgeless whether the same agent runs on no edges at all, for comparison
 * @param warmStart whether the policy starts from the soft masks of {@link GradientMaskSearch}
 * @param putBack whether the best mask is made smaller at the end
 * @param cleanImages clean images per iteration
 * @param triggeredImages triggered images per iteration
 * @param ppo settings of the policy search
 */
public record AgentSearch(
    ConnectionGraph.Settings graph,
    boolean edgeless,
    boolean warmStart,
    boolean putBack,
    int cleanImages,
    int triggeredImages,
    PpoMaskSettings ppo)
    implements MaskSearch {
  /** Rejects an iteration without images. */
  public AgentSearch {
    if (cleanImages < 1 || triggeredImages < 1) {
      throw new IllegalArgumentException(
          "clean images and triggered images must be at least 1, got "
              + cleanImages
              + " and "
              + triggeredImages);
    }
  }

  /** From soft masks, 100 + 100 images, 40 iterations. */
  public static final AgentSearch DEFAULT =
      new AgentSearch(
          ConnectionGraph.Settings.PAPER,
          false,
          true,
          true,
          100,
          100,
          PpoMaskSettings.DEFAULT.withIterations(40, 20));

  /** Logits of warm starts are at most this, so that what is to be pruned is also tried kept. */
  private static final double SUREST = 3;

  /** Probability of pruning that a warm start leaves to every node of a small network. */
  private static final double LEAST = 0.018;

  /**
   * Prunings expected in a mask of units that the warm start would keep. On wide networks more of
   * them would hide what each decision is worth.
   */
  private static final double BY_CHANCE = 5;

  @Override
  public SearchResult search(PruningProblem problem, RunContext run) {
    ChannelGraph channels =
        edgeless
            ? ChannelGraph.edgeless(problem.space().size())
            : ConnectionGraph.of(problem.network(), problem.space(), graph);
    UnitFeatures features =
        UnitFeatures.of(
            problem.network(),
            problem.space(),
            channels,
            problem.clean().tune(),
            problem.proxies(),
            problem.target());
    MaskObjective objective = problem.drawing(cleanImages, triggeredImages, run, "search");
    PpoMask search = new PpoMask(ppo, run.seeds().random("agent"), run.progress());
    SearchResult found;
    if (warmStart) {
      double[] logits = warmLogits(GradientMaskSearch.DEFAULT.dropScores(problem, run));
      found = search.search(channels, features.values(), logits, objective, problem::holdOutPhi);
    } else {
      found = search.search(channels, features.values(), objective, problem::holdOutPhi);
    }
    return putBack ? shortened(problem, found, run) : found;
  }

  /** The best of the masks that the policy's best one can be made smaller to, itself included. */
  private static SearchResult shortened(
      PruningProblem problem, SearchResult found, RunContext run) {
    int trials = BackwardElimination.of(problem, found.pruned(), run);
    TradeOffPoint best =
        problem.tradeOff().stream()
            .max(Comparator.comparingDouble(TradeOffPoint::phi))
            .orElseThrow();
    return new SearchResult(
        best.mask(found.pruned().length),
        best.phi(),
        found.probabilities(),
        found.iterations(),
        found.evaluations() + trials,
        found.curve());
  }

  /** Logits of the soft masks, which leave every decision open to be tried the other way. */
  static double[] warmLogits(double[] drop) {
    double least = logit(Math.min(LEAST, BY_CHANCE / drop.length));
    double[] logits = new double[drop.length];
    Arrays.setAll(logits, unit -> Math.max(least, Math.min(SUREST, logit(drop[unit]))));
    return logits;
  }

  private static double logit(double p) {
    return Math.log((p + 1e-6) / (1 - p + 1e-6));
  }
}
