package io.secateur.agent;

import io.secateur.graph.ChannelGraph;
import io.secateur.graph.ConnectionGraph;
import io.secateur.run.RunContext;

/**
 * ONP's search: the units as a graph, a graph-attention policy that learns by PPO which to prune.
 *
 * <ol>
 *   <li>the graph: edges where connection strengths are alike ({@link ConnectionGraph});
 *   <li>node features from activations on clean and triggered images ({@link UnitFeatures});
 *   <li>trial and error: masks drawn from the policy, Φ on images drawn anew each iteration ({@link
 *       PpoMask});
 *   <li>the policy's own masks compete on the hold-out images.
 * </ol>
 *
 * @param graph how edges are chosen
 * @param edgeless whether the same agent runs on no edges at all, for comparison
 * @param warmStart whether the policy starts from the soft masks of {@link GradientMaskSearch}
 * @param cleanImages clean images per iteration
 * @param triggeredImages triggered images per iteration
 * @param ppo settings of the policy search
 */
public record AgentSearch(
    ConnectionGraph.Settings graph,
    boolean edgeless,
    boolean warmStart,
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
          100,
          100,
          PpoMaskSettings.DEFAULT.withIterations(40, 20));

  /**
   * Logits of warm starts stay within this distance of 0, so that every decision is still tried
   * both ways.
   */
  private static final double WARM_LIMIT = 3;

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
    if (!warmStart) {
      return search.search(channels, features.values(), objective, problem::holdOutPhi);
    }
    double[] drop = GradientMaskSearch.DEFAULT.dropScores(problem, run);
    double[] logits = new double[drop.length];
    for (int unit = 0; unit < logits.length; unit++) {
      double logit = Math.log((drop[unit] + 1e-6) / (1 - drop[unit] + 1e-6));
      logits[unit] = Math.max(-WARM_LIMIT - 1, Math.min(WARM_LIMIT, logit));
    }
    return search.search(channels, features.values(), logits, objective, problem::holdOutPhi);
  }
}
