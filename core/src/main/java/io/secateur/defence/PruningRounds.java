package io.secateur.defence;

import io.secateur.agent.MaskSearch;
import io.secateur.agent.PruningProblem;
import io.secateur.agent.SearchResult;
import io.secateur.agent.TradeOffPoint;
import io.secateur.data.CleanSample;
import io.secateur.engine.ForwardCost;
import io.secateur.engine.Scope;
import io.secateur.nn.Channel;
import io.secateur.nn.Network;
import io.secateur.prune.PrunedChannel;
import io.secateur.prune.PruningPlan;
import io.secateur.prune.PruningSpace;
import io.secateur.prune.Surgery;
import io.secateur.run.RunContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The searches of {@link TriggerPruning}, label by label and round by round: search, choose, prune,
 * look whether a new trigger still works.
 */
final class PruningRounds {
  private final Network suspect;
  private final PruningSpace space;
  private final CleanSample clean;
  private final Diagnosis diagnosis;
  private final MaskSearch search;
  private final TriggerPruning.Settings settings;
  private final MaskChoice choice;
  private final RemainsJudge judge;
  private final RunContext run;

  private final List<RepairOutcome.Search> searches = new ArrayList<>();
  private Map<Channel, PrunedChannel> pruned = Map.of();
  private Network network;
  private int evaluations;

  /** Nothing is pruned yet. */
  PruningRounds(
      Network suspect,
      PruningSpace space,
      CleanSample clean,
      Diagnosis diagnosis,
      MaskSearch search,
      TriggerPruning.Settings settings,
      Policy policy,
      RunContext run) {
    this.suspect = suspect;
    this.space = space;
    this.clean = clean;
    this.diagnosis = diagnosis;
    this.search = search;
    this.settings = settings;
    this.run = run;
    this.network = suspect;
    HoldOutAccuracy onImages = new HoldOutAccuracy(suspect, clean.holdOut(), run.under("images"));
    HoldOutAccuracy onCopies =
        new HoldOutAccuracy(
            suspect, MaskChoice.images(clean, settings.mixed()), run.under("all-copies"));
    this.choice = new MaskChoice(settings.reward(), onCopies);
    this.judge = new RemainsJudge(policy, List.of(onImages, onCopies));
  }

  /** What was pruned so far. */
  PruningPlan plan() {
    return plan(pruned);
  }

  /** The suspect without that. */
  Network network() {
    return network;
  }

  /** How the searches went. */
  List<RepairOutcome.Search> searches() {
    return searches;
  }

  /** Masks that they tried. */
  int evaluations() {
    return evaluations;
  }

  /**
   * Searches for the channels of the backdoor to {@code target}, until there is no more to find.
   */
  void prune(int target) {
    for (int round = 0; round < settings.rounds(); round++) {
      if (round > 0 && !diagnosis.works(target, network, settings.remnant())) {
        return;
      }
      boolean remains = round > 0 && !diagnosis.standsOut(target, network);
      if (remains && judge.costsTooMuch(plan())) {
        return;
      }
      Found found = search(target, branch(target, round));
      Map<Channel, PrunedChannel> more = with(found.plan());
      boolean refused = remains && judge.costsTooMuch(plan(more));
      searches.add(found.record(target, refused));
      evaluations += found.result().evaluations();
      diagnosis.lap("search");
      if (refused || remains && more.size() == pruned.size()) {
        return;
      }
      pruned = more;
      network = Surgery.apply(suspect, plan());
    }
  }

  /**
   * What one search found.
   *
   * @param plans what leads from the suspect to each of the points
   * @param plan of the mask chosen, and why each channel is in it
   */
  private record Found(
      SearchResult result,
      List<TradeOffPoint> points,
      List<PruningPlan> plans,
      MaskChoice.Choice choice,
      PruningPlan plan) {
    RepairOutcome.Search record(int target, boolean refused) {
      return new RepairOutcome.Search(
          target, result.curve(), points, plans, choice.judged(), choice.point(), refused);
    }
  }

  private Found search(int target, RunContext branch) {
    return Scope.value(
        () -> {
          PruningProblem problem =
              new PruningProblem(
                  network,
                  space,
                  diagnosis.sought(target),
                  target,
                  clean,
                  settings.mixed(),
                  settings.reward(),
                  settings.precision().format());
          SearchResult result = search.search(problem, branch);
          problem.holdOutPhi(result.pruned());
          List<TradeOffPoint> points = problem.tradeOff().stream().filter(this::applies).toList();
          List<PruningPlan> plans = points.stream().map(point -> plan(with(bare(point)))).toList();
          MaskChoice.Choice chosen = choice.of(points, plans, branch);
          boolean[] mask = points.get(chosen.point()).mask(space.size());
          return new Found(result, points, plans, chosen, reasoned(problem, mask, result, branch));
        });
  }

  /** Whether the mask can be added to what is pruned as it is, see {@link #with}. */
  private boolean applies(TradeOffPoint point) {
    PruningPlan plan = bare(point);
    return plan.channels().stream()
        .map(channel -> new Channel(channel.layer(), channel.index()))
        .allMatch(with(plan).keySet()::contains);
  }

  private PruningPlan bare(TradeOffPoint point) {
    return PruningPlan.of(space, point.mask(space.size()), unit -> 0, unit -> "");
  }

  private static PruningPlan plan(Map<Channel, PrunedChannel> pruned) {
    return new PruningPlan(List.copyOf(pruned.values()));
  }

  /**
   * What is pruned and the channels of {@code plan}, except those of layers that would lose every
   * channel: each search leaves some, but two together may not.
   */
  private Map<Channel, PrunedChannel> with(PruningPlan plan) {
    Map<Channel, PrunedChannel> more = new LinkedHashMap<>(pruned);
    Map<String, Long> left = new LinkedHashMap<>();
    for (PrunedChannel channel : plan.channels()) {
      long remaining = left.computeIfAbsent(channel.layer(), this::remaining);
      Channel key = new Channel(channel.layer(), channel.index());
      if (!more.containsKey(key) && remaining > 1) {
        more.put(key, channel);
        left.put(channel.layer(), remaining - 1);
      }
    }
    return more;
  }

  /** Channels of a layer that are not pruned. */
  private long remaining(String layer) {
    long gone = pruned.keySet().stream().filter(channel -> channel.node().equals(layer)).count();
    return suspect.architecture().node(layer).output().channels() - gone;
  }

  /** The mask with a reason for each unit: for the reader, and no part of the method's cost. */
  private static PruningPlan reasoned(
      PruningProblem problem, boolean[] mask, SearchResult result, RunContext run) {
    long cost = ForwardCost.ofThisThread();
    AtomicInteger done = new AtomicInteger();
    PruningPlan bare = PruningPlan.of(problem.space(), mask, unit -> 0, unit -> "");
    run.progress().begin("put each channel back", bare.channels().size());
    PruningPlan plan =
        PruningPlan.of(
            problem.space(),
            mask,
            unit -> result.probabilities()[unit],
            unit -> {
              String reason = reason(problem, mask, unit);
              run.progress().advance(done.incrementAndGet(), "");
              return reason;
            });
    run.progress().end("for the report");
    ForwardCost.add(cost - ForwardCost.ofThisThread());
    return plan;
  }

  /** What the triggers would do if this unit alone were put back. */
  private static String reason(PruningProblem problem, boolean[] mask, int unit) {
    boolean[] without = mask.clone();
    without[unit] = false;
    return String.format(
        Locale.ROOT,
        "put back, triggers of label %d work on %.1f %% of the tuning images instead of %.1f %%",
        problem.target(),
        100 * problem.tune().measure(without).attackSuccess(),
        100 * problem.tune().measure(mask).attackSuccess());
  }

  private RunContext branch(int target, int round) {
    String name = "label-" + target + "-round-" + round;
    return new RunContext(run.seeds().child(name), run.progress(), run.checkpoints().under(name));
  }
}
