package io.secateur.agent;

import io.secateur.run.RunContext;
import java.util.ArrayList;
import java.util.List;

/**
 * Prunes units in the order of what each gains alone:
 *
 * <pre>g_i = Φ({i}) − Φ(∅),   masks M_k = the k units of largest positive g</pre>
 *
 * and keeps the M_k that the hold-out images like best. No agent, no interaction between units:
 * what the agent has to beat. Cost: one trial per unit and one per prefix.
 *
 * @param cleanImages clean images per trial of a single unit
 * @param triggeredImages triggered images per trial of a single unit
 * @param longest largest k that is tried
 */
public record GreedySearch(int cleanImages, int triggeredImages, int longest)
    implements MaskSearch {
  /** Units tried on the same images; the next ones get others, drawn anew. */
  private static final int TOGETHER = 32;

  /** 200 + 100 images, up to 96 units. */
  public static final GreedySearch DEFAULT = new GreedySearch(200, 100, 96);

  @Override
  public SearchResult search(PruningProblem problem, RunContext run) {
    int units = problem.space().size();
    MaskObjective objective = problem.drawing(cleanImages, triggeredImages, run, "greedy");
    run.progress().begin("try every channel alone", units);
    double[] gains = new double[units];
    for (int from = 0; from < units; from += TOGETHER) {
      int count = Math.min(TOGETHER, units - from);
      List<boolean[]> singles = new ArrayList<>();
      singles.add(new boolean[units]);
      for (int unit = from; unit < from + count; unit++) {
        boolean[] single = new boolean[units];
        single[unit] = true;
        singles.add(single);
      }
      double[] phi = objective.evaluate(singles, from / TOGETHER);
      for (int i = 0; i < count; i++) {
        gains[from + i] = phi[i + 1] - phi[0];
      }
      run.progress().advance(from + count, "");
    }
    run.progress().end(units + " channels tried");
    return Prefixes.best(problem, run, order(gains), gains, longest, units);
  }

  private static List<Integer> order(double[] gains) {
    return Prefixes.descending(gains).stream().filter(unit -> gains[unit] > 0).toList();
  }
}
