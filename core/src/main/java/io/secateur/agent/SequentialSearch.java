package io.secateur.agent;

import io.secateur.engine.Scope;
import io.secateur.graph.ChannelGraph;
import io.secateur.graph.ConnectionGraph;
import io.secateur.nn.Network;
import io.secateur.nn.Stage;
import io.secateur.nn.Stages;
import io.secateur.prune.PruningSpace;
import io.secateur.run.Checkpoints;
import io.secateur.run.RunContext;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * ONP's search, step by step: an agent per group of layers walks from the network as it is to a
 * pruned one, a unit at a time, and learns by PPO which unit to take next and when to stop.
 *
 * <pre>
 * s_t = the units pruned so far,   a_t ∈ the group's living units above δ, or STOP
 * r_t = Φ(s_{t+1}) − Φ(s_t)
 * end:  STOP, no steps left, CA(s) &lt; CA₀ − d, ASR(s) &lt; g, or a layer without a channel
 * M   = argmax Φ(s) over every state of every episode
 * </pre>
 *
 * <ol>
 *   <li>the graph of all units ({@link ConnectionGraph}) and what the agents see of each ({@link
 *       UnitFeatures});
 *   <li>the groups: units of one stage ({@link Stages}), without the dormant ones;
 *   <li>the deepest group's agent starts from the unpruned network ({@link PpoSequential}), each
 *       later one from M of those before it, until M is an end by itself;
 *   <li>the hold-out images decide between the last M and pruning nothing.
 * </ol>
 *
 * <p>Source: "Rethinking pruning for backdoor mitigation: an optimization perspective", arXiv
 * 2405.17746, as its summaries tell it: the graph, PPO, an agent per layer or per group of residual
 * blocks. They do not say, and it is inferred: one unit per action, STOP and the other ends, the
 * groups' order and that each goes on from the last, that dormant units stay. Differs from the
 * paper in: features stay those of the unpruned network; hold-out images decide at the end.
 *
 * @param graph how edges are chosen
 * @param dropDormant whether only the share {@code graph.nodeShare()} of each layer's units, those
 *     of largest magnitude, can be pruned: the units above δ
 * @param perGroup whether each stage has its own agent; else one agent prunes everywhere
 * @param cleanImages clean images that Φ is measured on, drawn once; 0 for all
 * @param triggeredImages triggered images that Φ is measured on, drawn once; 0 for all
 * @param maxDrop d, loss of clean accuracy beyond which an episode ends, as a share
 * @param goal g, attack success below which an episode ends
 * @param ppo settings of each agent
 */
public record SequentialSearch(
    ConnectionGraph.Settings graph,
    boolean dropDormant,
    boolean perGroup,
    int cleanImages,
    int triggeredImages,
    double maxDrop,
    double goal,
    PpoSequentialSettings ppo)
    implements MaskSearch {
  /** An agent per stage, units above δ, 300 episodes of up to 32 of them, 100 + 100 images. */
  public static final SequentialSearch DEFAULT =
      new SequentialSearch(
          ConnectionGraph.Settings.PAPER,
          true,
          true,
          100,
          100,
          0.05,
          0.005,
          PpoSequentialSettings.DEFAULT);

  /** Rejects negative counts, and shares outside [0, 1]. */
  public SequentialSearch {
    if (cleanImages < 0 || triggeredImages < 0) {
      throw new IllegalArgumentException(
          "images must not be negative, got " + cleanImages + " and " + triggeredImages);
    }
    if (!(maxDrop >= 0 && maxDrop <= 1 && goal >= 0 && goal <= 1)) {
      throw new IllegalArgumentException(
          "largest drop and goal must be in [0, 1], got " + maxDrop + " and " + goal);
    }
  }

  @Override
  public SearchResult search(PruningProblem problem, RunContext run) {
    PruningSpace space = problem.space();
    ChannelGraph channels = ConnectionGraph.of(problem.network(), space, graph);
    float[][] features =
        UnitFeatures.of(
                problem.network(),
                space,
                channels,
                problem.clean().tune(),
                problem.proxies(),
                problem.target())
            .values();
    try (Scope images = Scope.open()) {
      Trials trials = new Trials(problem, run);
      Found found = new Found(space.size());
      for (List<Integer> group : groups(problem.network(), space)) {
        if (trials.terminal(found.pruned)) {
          break; // Too much is lost already, or nothing is left to do.
        }
        String layer = space.units().get(group.get(0)).layer();
        RandomGenerator random = run.seeds().random("sequential", "agent", layer);
        PpoSequential agent = new PpoSequential(ppo, random, run.progress());
        float[][] seen = group.stream().map(unit -> features[unit]).toArray(float[][]::new);
        StepObjective trial = trials.within(group, found.pruned);
        found.add(group, agent.search(channels.among(group), seen, trial));
      }
      return found.heldOut(problem);
    }
  }

  /** The units that each agent may prune, deepest stage first; units of no stage lie deepest. */
  List<List<Integer>> groups(Network network, PruningSpace space) {
    double share = dropDormant ? graph.nodeShare() : 1;
    boolean[] above = ConnectionGraph.conserved(network, space, share);
    List<Stage> stages = perGroup ? Stages.of(space.architecture()) : List.of();
    Map<Integer, List<Integer>> groups = new TreeMap<>(Comparator.reverseOrder());
    for (int unit = 0; unit < above.length; unit++) {
      if (above[unit]) {
        int depth = depth(stages, space.units().get(unit).layer());
        groups.computeIfAbsent(depth, stage -> new ArrayList<>()).add(unit);
      }
    }
    return List.copyOf(groups.values());
  }

  private static int depth(List<Stage> stages, String layer) {
    return (int) stages.stream().takeWhile(stage -> !stage.nodes().contains(layer)).count();
  }

  /**
   * Masks of all units on the same images throughout, each measured once. What was measured goes to
   * the run's log, so that an interrupted search can be replayed.
   */
  private final class Trials implements StepObjective {
    private final PruningProblem problem;
    private final Checkpoints checkpoints;
    private final PruningEnvironment.Draw draw;
    private final Map<BitSet, Measurement> measured = new HashMap<>();
    private final Measurement unpruned;

    Trials(PruningProblem problem, RunContext run) {
      this.problem = problem;
      this.checkpoints = run.checkpoints();
      int clean = cleanImages == 0 ? Integer.MAX_VALUE : cleanImages;
      int triggered = triggeredImages == 0 ? Integer.MAX_VALUE : triggeredImages;
      RandomGenerator random = run.seeds().random("sequential", "images");
      this.draw = problem.tune().draw(clean, triggered, random);
      this.unpruned = measure(new boolean[problem.space().size()]);
    }

    /** Φ; a mask that empties a layer gets the least that accuracy and success can make of it. */
    @Override
    public double phi(boolean[] pruned) {
      return problem.space().empties(pruned)
          ? -1 - problem.reward().lambda()
          : problem.reward().phi(measure(pruned), unpruned, MaskBits.count(pruned));
    }

    @Override
    public boolean terminal(boolean[] pruned) {
      if (problem.space().empties(pruned)) {
        return true;
      }
      Measurement now = measure(pruned);
      return unpruned.cleanAccuracy() - now.cleanAccuracy() > maxDrop || now.attackSuccess() < goal;
    }

    /** The same for masks of {@code group} alone, on top of what is pruned {@code already}. */
    StepObjective within(List<Integer> group, boolean[] already) {
      return new StepObjective() {
        @Override
        public double phi(boolean[] pruned) {
          return Trials.this.phi(joined(already, group, pruned));
        }

        @Override
        public boolean terminal(boolean[] pruned) {
          return Trials.this.terminal(joined(already, group, pruned));
        }
      };
    }

    private Measurement measure(boolean[] pruned) {
      return measured.computeIfAbsent(
          MaskBits.of(pruned),
          mask -> Measurement.of(checkpoints.measured("sequential", () -> trial(pruned))));
    }

    private double[] trial(boolean[] pruned) {
      boolean whole = cleanImages == 0 && triggeredImages == 0; // then it goes in chunks
      PruningEnvironment tune = problem.tune();
      return (whole ? tune.measure(pruned) : tune.measure(pruned, draw)).toArray();
    }
  }

  private static boolean[] joined(boolean[] already, List<Integer> group, boolean[] pruned) {
    boolean[] all = already.clone();
    for (int place = 0; place < pruned.length; place++) {
      all[group.get(place)] |= pruned[place];
    }
    return all;
  }

  /** What the agents have found so far, by units of the whole space. */
  private static final class Found {
    private final double[] probabilities;
    private boolean[] pruned;
    private int iterations;
    private int evaluations;
    private LearningCurve curve = new LearningCurve.Recorder().curve();

    Found(int units) {
      this.probabilities = new double[units];
      this.pruned = new boolean[units];
    }

    void add(List<Integer> group, SearchResult part) {
      for (int place = 0; place < group.size(); place++) {
        probabilities[group.get(place)] = part.probabilities()[place];
      }
      pruned = joined(pruned, group, part.pruned());
      iterations += part.iterations();
      evaluations += part.evaluations();
      curve = curve.then(part.curve());
    }

    /** The result; nothing is pruned where the hold-out images like that no less. */
    SearchResult heldOut(PruningProblem problem) {
      boolean[] nothing = new boolean[pruned.length];
      boolean gains = problem.holdOutPhi(pruned) > problem.holdOutPhi(nothing);
      boolean[] best = gains ? pruned : nothing;
      double score = problem.holdOutPhi(best);
      return new SearchResult(best, score, probabilities, iterations, evaluations, curve);
    }
  }
}
