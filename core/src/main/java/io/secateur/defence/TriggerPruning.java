package io.secateur.defence;

import io.secateur.agent.LearningCurve;
import io.secateur.agent.MaskSearch;
import io.secateur.agent.PruningProblem;
import io.secateur.agent.Reward;
import io.secateur.agent.SearchResult;
import io.secateur.data.CleanSample;
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
import io.secateur.trigger.BudgetedPatch;
import io.secateur.trigger.SynthesisResult;
import io.secateur.trigger.TriggerHunt;
import io.secateur.trigger.TriggerSynthesis;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Optimized Neuron Pruning (arXiv 2405.17746), from suspect to repaired network:
 *
 * <ol>
 *   <li>trigger synthesis: the label that is too easy to force, the smallest trigger that forces
 *       it, and a stronger one that is still far smaller than what a blameless label takes;
 *   <li>units to prune, in the scope;
 *   <li>a {@link MaskSearch}: the graph agent for ONP itself, a rival under the same proxies for
 *       comparison;
 *   <li>synthesis again on the pruned network: if a patch of the same size still works, it joins
 *       the proxies and the search goes on from there;
 *   <li>surgery, and, if asked for, a recovery fine-tune with the pruned channels held at zero.
 * </ol>
 *
 * <p>Differs from the paper in: the stronger trigger, step 4, the choice among masks on hold-out
 * images, and the option to fine-tune. The smallest trigger alone dies long before the true one.
 */
public final class TriggerPruning implements Defence {

  /**
   * Settings.
   *
   * @param units what is pruned together
   * @param stages prune the last so many stages; 0 means all
   * @param reward what a mask is worth
   * @param rounds searches at most; more than 1 looks for a trigger again after each
   * @param strength norm of the stronger trigger over what a blameless label takes, in [0, 1); 0
   *     makes none
   * @param precision of trials
   * @param recovery fine-tune after surgery
   */
  public record Settings(
      UnitKind units,
      int stages,
      Reward reward,
      int rounds,
      double strength,
      Precision precision,
      Optional<FineTuning.Settings> recovery) {
    /** Single batch-norm channels of all stages, two rounds, half of the floor, no recovery. */
    public static final Settings DEFAULT =
        new Settings(
            UnitKind.BATCH_NORM, 0, Reward.DEFAULT, 2, 0.5, Precision.AUTO, Optional.empty());

    /** Rejects values out of range. */
    public Settings {
      if (stages < 0 || rounds < 1 || !(strength >= 0 && strength < 1)) {
        throw new IllegalArgumentException(
            "stages must be at least 0, rounds at least 1 and strength in [0, 1), got "
                + stages
                + ", "
                + rounds
                + " and "
                + strength);
      }
    }
  }

  /** Success at which a patch of the stronger trigger's size is reason for another round. */
  private static final double STILL_WORKS = 0.5;

  /** Norm of the stronger trigger over the smallest one's, where no hunt measured the floor. */
  private static final double WITHOUT_FLOOR = 3;

  private static final int STRONG_STEPS = 120;
  private static final int STRONG_BATCH = 32;

  private final String name;
  private final MaskSearch search;
  private final Settings settings;
  private final Policy policy;
  private final TriggerHunt hunt;
  private final TriggerSynthesis synthesis;

  /** A repair by {@code search}, called {@code name}. */
  public TriggerPruning(
      String name,
      MaskSearch search,
      Settings settings,
      Policy policy,
      TriggerHunt hunt,
      TriggerSynthesis synthesis) {
    this.name = name;
    this.search = search;
    this.settings = settings;
    this.policy = policy;
    this.hunt = hunt;
    this.synthesis = synthesis;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public RepairOutcome repair(Suspect suspect, CleanSample clean, RunContext run) {
    // 1. Is there a backdoor, and where does it lead?
    Diagnosis diagnosis = Diagnosis.of(suspect, clean, hunt, synthesis, policy, run);
    if (!diagnosis.backdoored()) {
      return diagnosis.untouched();
    }

    // 2. What may be pruned.
    PruningSpace space =
        PruningUnits.of(suspect.network().architecture(), settings.units(), settings.stages());

    // 3. and 4. For each label that a backdoor leads to.
    Network network = suspect.network();
    Map<Channel, PrunedChannel> pruned = new LinkedHashMap<>();
    List<LearningCurve> curves = new ArrayList<>();
    int evaluations = 0;
    for (int target : diagnosis.targets()) {
      boolean easy =
          settings.strength() == 0
              || strongTriggerWorks(network, diagnosis, target, clean, run, 0, 0);
      for (int round = 0; round < settings.rounds() && (easy || round == 0); round++) {
        RunContext branch = branch(run, target, round);
        SearchResult found = search(network, space, diagnosis, target, clean, branch);
        curves.add(found.curve());
        evaluations += found.evaluations();
        PruningPlan plan = plan(space, found, target);
        add(plan, pruned, suspect.network());
        network = Surgery.apply(suspect.network(), new PruningPlan(List.copyOf(pruned.values())));
        diagnosis.lap("search");
        easy =
            settings.strength() > 0
                && round + 1 < settings.rounds()
                && strongTriggerWorks(
                    network, diagnosis, target, clean, run, round + 1, STILL_WORKS);
      }
    }
    PruningPlan plan = new PruningPlan(List.copyOf(pruned.values()));

    // 5. A recovery that cannot bring the backdoor back.
    if (settings.recovery().isPresent()) {
      network = Recovery.of(settings.recovery().get(), network, plan, clean, diagnosis, run);
      diagnosis.lap("recover");
    }
    return diagnosis.outcome(network, plan, curves, evaluations);
  }

  private SearchResult search(
      Network network,
      PruningSpace space,
      Diagnosis diagnosis,
      int target,
      CleanSample clean,
      RunContext run) {
    return Scope.value(
        () ->
            search.search(
                new PruningProblem(
                    network,
                    space,
                    diagnosis.proxies(target),
                    target,
                    clean,
                    settings.reward(),
                    settings.precision().format()),
                run));
  }

  /**
   * Makes the strongest patch of the set size for {@code target} and, if it succeeds often enough,
   * adds it to the proxies.
   */
  private boolean strongTriggerWorks(
      Network network,
      Diagnosis diagnosis,
      int target,
      CleanSample clean,
      RunContext run,
      int round,
      double leastSuccess) {
    double smallest = diagnosis.proxies(target).get(0).norm();
    double budget =
        diagnosis
            .floor()
            .map(floor -> settings.strength() * floor)
            .orElse(WITHOUT_FLOOR * smallest);
    TriggerSynthesis strongest =
        new BudgetedPatch(
            Math.max(budget, smallest), STRONG_STEPS, STRONG_BATCH, settings.precision());
    String key = "strong-" + target + "-" + round;
    SynthesisResult made = Diagnosis.synthesise(network, clean, strongest, target, key, run);
    boolean works = made.success() >= leastSuccess;
    run.progress()
        .event(
            "strong-trigger",
            Map.of(
                "target",
                target,
                "round",
                round,
                "norm",
                made.norm(),
                "success",
                made.success(),
                "added",
                works));
    diagnosis.lap("strong trigger");
    if (works) {
      diagnosis.add(target, made.trigger());
    }
    return works;
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

  private static PruningPlan plan(PruningSpace space, SearchResult found, int target) {
    return PruningPlan.of(
        space,
        found.pruned(),
        unit -> found.probabilities()[unit],
        unit ->
            String.format(
                Locale.ROOT,
                "carries the trigger of label %d (score %.3f)",
                target,
                found.probabilities()[unit]));
  }

  private static RunContext branch(RunContext run, int target, int round) {
    String name = "label-" + target + "-round-" + round;
    return new RunContext(run.seeds().child(name), run.progress(), run.checkpoints().under(name));
  }
}
