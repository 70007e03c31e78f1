package io.secateur.defence;

import io.secateur.agent.LearningCurve;
import io.secateur.agent.MaskSearch;
import io.secateur.agent.Prefixes;
import io.secateur.agent.PruningProblem;
import io.secateur.agent.SearchResult;
import io.secateur.agent.TradeOffPoint;
import io.secateur.data.CleanSample;
import io.secateur.engine.ForwardCost;
import io.secateur.engine.Scope;
import io.secateur.prune.PruningPlan;
import io.secateur.prune.PruningSpace;
import io.secateur.prune.PruningUnits;
import io.secateur.run.RunContext;
import io.secateur.run.Stopwatch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Several searches for the channels of one backdoor, after one hunt: same triggers, same images, so
 * that what differs is the search. Each gets the first round of {@link TriggerPruning}, without the
 * synthesis that follows it.
 */
public final class SearchTrials {
  /** Numbers of units along a search's order at which its path is looked at. */
  private static final int[] LENGTHS = {1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64};

  private SearchTrials() {}

  /**
   * A search to try.
   *
   * @param settings what it may prune, and what that is worth; rounds, remnant and recovery play no
   *     part
   */
  public record Entry(MaskSearch search, TriggerPruning.Settings settings) {}

  /**
   * What a search gave.
   *
   * @param plan the units that it chose
   * @param score its Φ, as {@link MaskChoice} has it
   * @param evaluations masks that it tried
   * @param forwards images through the whole network that this cost, or as much
   * @param seconds that it took
   * @param curve how it went
   * @param path the first units of its order, more and more of them
   */
  public record Trial(
      PruningPlan plan,
      double score,
      int evaluations,
      double forwards,
      double seconds,
      LearningCurve curve,
      List<Step> path) {
    /** Copies the path. */
    public Trial {
      path = List.copyOf(path);
    }
  }

  /**
   * A point of a path.
   *
   * @param units pruned
   * @param plan that prunes them
   * @param proxySuccess success of the synthetic triggers on the hold-out images, in [0, 1]
   */
  public record Step(int units, PruningPlan plan, double proxySuccess) {}

  /**
   * What came of a network.
   *
   * @param target label of the backdoor; nothing is searched for where none is found
   * @param trials by name
   */
  public record Outcome(OptionalInt target, Map<String, Trial> trials) {}

  /**
   * Hunts once, then runs every search for the likeliest label.
   *
   * @throws io.secateur.prune.NoSuchUnits if the network has none that a search is to prune; before
   *     anything is done
   */
  public static Outcome of(
      Suspect suspect,
      CleanSample clean,
      TriggerSources sources,
      Policy policy,
      Map<String, Entry> entries,
      RunContext run) {
    // What cannot be pruned is found out before the hunt.
    entries.values().forEach(entry -> space(suspect, entry));
    Diagnosis diagnosis = Diagnosis.of(suspect, clean, sources, policy, run);
    Map<String, Trial> trials = new LinkedHashMap<>();
    if (!diagnosis.backdoored()) {
      return new Outcome(OptionalInt.empty(), trials);
    }
    int target = diagnosis.targets().get(0);
    entries.forEach(
        (name, entry) ->
            trials.put(name, trial(suspect, diagnosis, target, clean, entry, branch(run, name))));
    return new Outcome(OptionalInt.of(target), trials);
  }

  /** Every search draws the same random numbers, whatever stands beside it. */
  private static RunContext branch(RunContext run, String name) {
    return new RunContext(
        run.seeds().child("search"), run.progress(), run.checkpoints().under(name));
  }

  private static PruningSpace space(Suspect suspect, Entry entry) {
    return PruningUnits.of(
        suspect.network().architecture(), entry.settings().units(), entry.settings().stages());
  }

  private static Trial trial(
      Suspect suspect,
      Diagnosis diagnosis,
      int target,
      CleanSample clean,
      Entry entry,
      RunContext run) {
    TriggerPruning.Settings settings = entry.settings();
    PruningSpace space = space(suspect, entry);
    return Scope.value(
        () -> {
          PruningProblem problem =
              new PruningProblem(
                  suspect.network(),
                  space,
                  diagnosis.sought(target),
                  target,
                  clean,
                  settings.mixed(),
                  settings.reward(),
                  settings.precision().format());
          Stopwatch watch = Stopwatch.start();
          long cost = ForwardCost.ofThisThread();
          SearchResult found = entry.search().search(problem, run);
          problem.holdOutPhi(found.pruned());
          List<TradeOffPoint> points = problem.tradeOff();
          List<PruningPlan> plans =
              points.stream().map(point -> plan(space, point.mask(space.size()), found)).toList();
          HoldOutAccuracy accuracy =
              new HoldOutAccuracy(
                  suspect.network(),
                  MaskChoice.images(clean, settings.mixed()),
                  run.under("all-copies"));
          MaskChoice.Choice choice =
              new MaskChoice(settings.reward(), accuracy).of(points, plans, run);
          double forwards =
              (double) (ForwardCost.ofThisThread() - cost)
                  / suspect.network().architecture().macs();
          double seconds = watch.seconds();
          return new Trial(
              plans.get(choice.point()),
              choice.phi(),
              found.evaluations(),
              forwards,
              seconds,
              found.curve(),
              path(problem, found));
        });
  }

  private static List<Step> path(PruningProblem problem, SearchResult found) {
    List<Integer> order = Prefixes.descending(found.probabilities());
    List<Step> path = new ArrayList<>();
    boolean[] mask = new boolean[order.size()];
    path.add(step(problem, mask, 0, found));
    int taken = 0;
    for (int length : LENGTHS) {
      while (taken < Math.min(length, order.size())) {
        mask[order.get(taken++)] = true;
      }
      if (taken < length || problem.space().empties(mask)) {
        break;
      }
      path.add(step(problem, mask.clone(), length, found));
    }
    return path;
  }

  private static Step step(PruningProblem problem, boolean[] mask, int units, SearchResult found) {
    double success = problem.holdOut().measure(mask).attackSuccess();
    return new Step(units, plan(problem.space(), mask, found), success);
  }

  private static PruningPlan plan(PruningSpace space, boolean[] mask, SearchResult found) {
    return PruningPlan.of(space, mask, unit -> found.probabilities()[unit], unit -> "searched");
  }
}
