package io.secateur.agent;

import io.secateur.run.RunContext;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

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
    List<Integer> order =
        IntStream.range(0, scores.length)
            .boxed()
            .sorted(
                Comparator.comparingDouble((Integer unit) -> -scores[unit])
                    .thenComparing(unit -> unit))
            .toList();
    return Prefixes.best(problem, run, order, scores, longest, 0);
  }
}
