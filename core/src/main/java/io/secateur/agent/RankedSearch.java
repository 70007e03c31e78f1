package io.secateur.agent;

import io.secateur.run.RunContext;

/**
 * Prunes along an order that a rule gives, and keeps the prefix that the hold-out images like best:
 * what a search has to beat before it is worth its trials. Cost: one trial for each prefix.
 *
 * @param ranking the rule
 * @param longest largest number of units that is tried
 */
public record RankedSearch(Ranking ranking, int longest) implements MaskSearch {
  /** As many prefixes as other searches try at most. */
  public static final int LONGEST = 128;

  /** Rejects searches that try nothing. */
  public RankedSearch {
    if (longest < 1) {
      throw new IllegalArgumentException("longest must be at least 1, got " + longest);
    }
  }

  @Override
  public SearchResult search(PruningProblem problem, RunContext run) {
    double[] scores = ranking.scores(problem, run.seeds().random("ranking"));
    return Prefixes.best(problem, run, Prefixes.descending(scores), scores, longest, 0);
  }
}
