package io.secateur.defence;

import io.secateur.agent.MaskSearch;
import io.secateur.agent.PruningProblem;
import io.secateur.agent.Reward;
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
import io.secateur.prune.PruningUnits;
import io.secateur.prune.Surgery;
import io.secateur.prune.UnitKind;
import io.secateur.run.RunContext;
import io.secateur.train.Precision;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Optimized Neuron Pruning (arXiv 2405.17746), from suspect to repaired network:
 *
 * <ol>
 *   <li>trigger synthesis: the label that is too easy to force, the smallest trigger that forces
 *       it, and the strongest one of a size that hardly moves blameless labels ({@link
 *       TriggerSources});
 *   <li>units to prune, in the scope;
 *   <li>a {@link MaskSearch}: the graph agent for ONP itself, a rival under the same proxies for
 *       comparison;
 *   <li>synthesis again on the pruned network: while the new trigger forces its label more easily
 *       than others are forced ({@link FreshTrigger}), it leads another search from there; so does
 *       one that changes images while it works on a share of what they are forced on, but what such
 *       a search finds is pruned only if accuracy allows it ({@link RemainsJudge});
 *   <li>surgery, and, if asked for, a recovery fine-tune with the pruned channels held at zero.
 * </ol>
 *
 * <p>Differs from the paper in: the strongest trigger, step 4, the choice among masks on hold-out
 * images, and the option to fine-tune. The smallest trigger alone dies long before the true one.
 */
public final class TriggerPruning implements Defence {

  /**
   * Settings.
   *
   * @param units what is pruned together
   * @param stages prune the last so many stages; 0 means all
   * @param reward what a mask is worth
   * @param mixed copies of each tuning image, mixed with others, on which accuracy is judged; 0: on
   *     the images themselves
   * @param rounds searches at most for a label; another one only while new triggers work
   * @param remnant another one only while they work on more than this share, in (0, 1], of what
   *     triggers for other labels do; 1: while their label stands out
   * @param precision of trials
   * @param recovery fine-tune after surgery
   */
  public record Settings(
      UnitKind units,
      int stages,
      Reward reward,
      int mixed,
      int rounds,
      double remnant,
      Precision precision,
      Optional<FineTuning.Settings> recovery) {
    /**
     * Single batch-norm channels of all stages, one mixed copy of each image, at most four rounds,
     * no recovery.
     */
    public static final Settings DEFAULT =
        new Settings(
            UnitKind.BATCH_NORM,
            0,
            Reward.DEFAULT,
            1,
            4,
            1 / 3.0,
            Precision.AUTO,
            Optional.empty());

    private static final int MOST_COPIES = 16;

    /** Rejects values out of range. */
    public Settings {
      if (stages < 0 || rounds < 1) {
        throw new IllegalArgumentException(
            "stages must be at least 0 and rounds at least 1, got " + stages + " and " + rounds);
      }
      if (mixed < 0 || mixed > MOST_COPIES) {
        throw new IllegalArgumentException(
            "mixed must be in 0 to " + MOST_COPIES + ", got " + mixed);
      }
      if (!(remnant > 0 && remnant <= 1)) {
        throw new IllegalArgumentException("remnant must be in (0, 1], got " + remnant);
      }
    }
  }

  private final String name;
  private final MaskSearch search;
  private final Settings settings;
  private final Policy policy;
  private final TriggerSources sources;

  /** A repair by {@code search}, called {@code name}. */
  public TriggerPruning(
      String name, MaskSearch search, Settings settings, Policy policy, TriggerSources sources) {
    this.name = name;
    this.search = search;
    this.settings = settings;
    this.policy = policy;
    this.sources = sources;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void check(Network network) {
    PruningUnits.of(network.architecture(), settings.units(), settings.stages());
  }

  @Override
  public RepairOutcome repair(Suspect suspect, CleanSample clean, RunContext run) {
    // 1. Is there a backdoor, and where does it lead?
    Diagnosis diagnosis = Diagnosis.of(suspect, clean, sources, policy, run);
    if (!diagnosis.backdoored()) {
      return diagnosis.untouched();
    }

    // 2. What may be pruned.
    PruningSpace space =
        PruningUnits.of(suspect.network().architecture(), settings.units(), settings.stages());

    // 3. and 4. For each label that a backdoor leads to.
    RemainsJudge judge = new RemainsJudge(suspect.network(), clean, settings.mixed(), policy, run);
    Network network = suspect.network();
    Map<Channel, PrunedChannel> pruned = new LinkedHashMap<>();
    List<RepairOutcome.Search> searches = new ArrayList<>();
    int evaluations = 0;
    for (int target : diagnosis.targets()) {
      for (int round = 0; round < settings.rounds(); round++) {
        if (round > 0 && !diagnosis.works(target, network, settings.remnant())) {
          break;
        }
        boolean remains = round > 0 && !diagnosis.standsOut(target, network);
        if (remains && judge.costsTooMuch(plan(pruned))) {
          break;
        }
        RunContext branch = branch(run, target, round);
        Found found = search(network, space, diagnosis, target, clean, branch);
        Map<Channel, PrunedChannel> more = new LinkedHashMap<>(pruned);
        add(found.plan(), more, suspect.network());
        boolean refused = remains && judge.costsTooMuch(plan(more));
        searches.add(
            new RepairOutcome.Search(
                target,
                found.result().curve(),
                found.tradeOff(),
                plans(found.tradeOff(), space, pruned, suspect.network()),
                position(found.result().pruned(), found.tradeOff()),
                found.result().count(),
                refused));
        evaluations += found.result().evaluations();
        diagnosis.lap("search");
        if (refused || remains && more.size() == pruned.size()) {
          break;
        }
        pruned = more;
        network = Surgery.apply(suspect.network(), plan(pruned));
      }
    }
    PruningPlan plan = plan(pruned);

    // 5. A recovery, the pruned channels held at zero.
    if (settings.recovery().isPresent()) {
      network =
          Recovery.of(settings.recovery().get(), network, plan, clean, diagnosis, sources, run);
      diagnosis.lap("recover");
    }
    return diagnosis.outcome(network, plan, searches, evaluations);
  }

  private static PruningPlan plan(Map<Channel, PrunedChannel> pruned) {
    return new PruningPlan(List.copyOf(pruned.values()));
  }

  /** What one search found, and why each channel is in it. */
  private record Found(SearchResult result, PruningPlan plan, List<TradeOffPoint> tradeOff) {}

  private Found search(
      Network network,
      PruningSpace space,
      Diagnosis diagnosis,
      int target,
      CleanSample clean,
      RunContext run) {
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
          SearchResult result = search.search(problem, run);
          return new Found(result, plan(problem, result, run), problem.tradeOff());
        });
  }

  /**
   * Adds the channels of {@code plan}, except those of layers that would lose every channel: each
   * search leaves some, but two together may not.
   */
  private static void add(PruningPlan plan, Map<Channel, PrunedChannel> pruned, Network network) {
    Map<String, Long> left = new LinkedHashMap<>();
    for (PrunedChannel channel : plan.channels()) {
      left.computeIfAbsent(
          channel.layer(),
          layer ->
              network.architecture().node(layer).output().channels()
                  - pruned.keySet().stream().filter(c -> c.node().equals(layer)).count());
      Channel key = new Channel(channel.layer(), channel.index());
      long remaining = left.getOrDefault(channel.layer(), 0L);
      if (!pruned.containsKey(key) && remaining > 1) {
        pruned.put(key, channel);
        left.put(channel.layer(), remaining - 1);
      }
    }
  }

  private static OptionalInt position(boolean[] mask, List<TradeOffPoint> points) {
    List<Integer> units =
        IntStream.range(0, mask.length).filter(unit -> mask[unit]).boxed().toList();
    return IntStream.range(0, points.size())
        .filter(point -> points.get(point).units().equals(units))
        .findFirst();
  }

  /** What each point of a search comes to, after the channels that are pruned already. */
  private static List<PruningPlan> plans(
      List<TradeOffPoint> points,
      PruningSpace space,
      Map<Channel, PrunedChannel> pruned,
      Network network) {
    List<PruningPlan> plans = new ArrayList<>();
    for (TradeOffPoint point : points) {
      boolean[] mask = new boolean[space.size()];
      point.units().forEach(unit -> mask[unit] = true);
      Map<Channel, PrunedChannel> all = new LinkedHashMap<>(pruned);
      add(PruningPlan.of(space, mask, unit -> 0, unit -> ""), all, network);
      plans.add(new PruningPlan(List.copyOf(all.values())));
    }
    return plans;
  }

  /** The mask with a reason for each unit: for the reader, and no part of the method's cost. */
  private static PruningPlan plan(PruningProblem problem, SearchResult found, RunContext run) {
    long cost = ForwardCost.ofThisThread();
    AtomicInteger done = new AtomicInteger();
    run.progress().begin("put each channel back", found.count());
    PruningPlan plan =
        PruningPlan.of(
            problem.space(),
            found.pruned(),
            unit -> found.probabilities()[unit],
            unit -> {
              String reason = reason(problem, found.pruned(), unit);
              run.progress().advance(done.incrementAndGet(), "");
              return reason;
            });
    run.progress().end("for the report");
    ForwardCost.add(cost - ForwardCost.ofThisThread());
    return plan;
  }

  /** What the triggers would do if this unit alone were put back. */
  private static String reason(PruningProblem problem, boolean[] pruned, int unit) {
    boolean[] without = pruned.clone();
    without[unit] = false;
    return String.format(
        Locale.ROOT,
        "put back, triggers of label %d work on %.1f %% of the tuning images instead of %.1f %%",
        problem.target(),
        100 * problem.tune().measure(without).attackSuccess(),
        100 * problem.tune().measure(pruned).attackSuccess());
  }

  private static RunContext branch(RunContext run, int target, int round) {
    String name = "label-" + target + "-round-" + round;
    return new RunContext(run.seeds().child(name), run.progress(), run.checkpoints().under(name));
  }
}
