package io.secateur.defence;

import io.secateur.agent.LearningCurve;
import io.secateur.agent.MaskSearch;
import io.secateur.agent.PruningProblem;
import io.secateur.agent.Reward;
import io.secateur.agent.SearchResult;
import io.secateur.data.CleanSample;
import io.secateur.engine.Scope;
import io.secateur.nn.Network;
import io.secateur.prune.PrunedChannel;
import io.secateur.prune.PruningPlan;
import io.secateur.prune.PruningSpace;
import io.secateur.prune.PruningUnits;
import io.secateur.prune.Surgery;
import io.secateur.prune.UnitKind;
import io.secateur.run.RunContext;
import io.secateur.train.Precision;
import io.secateur.trigger.SynthesisResult;
import io.secateur.trigger.TriggerHunt;
import io.secateur.trigger.TriggerSynthesis;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Optimized Neuron Pruning (arXiv 2405.17746), from suspect to repaired network:
 *
 * <ol>
 *   <li>trigger synthesis: the label that is too easy to force, and a trigger that forces it;
 *   <li>units to prune, in the scope;
 *   <li>a {@link MaskSearch}: the graph agent for ONP itself, a rival under the same proxies for
 *       comparison;
 *   <li>synthesis again on the pruned network: if the label is still too easy, the new trigger
 *       joins the proxies and the search starts over from the suspect;
 *   <li>surgery, and, if asked for, a recovery fine-tune with the pruned channels held at zero.
 * </ol>
 *
 * <p>Differs from the paper in: step 4, the choice among masks on hold-out images, and the option
 * to fine-tune.
 */
public final class TriggerPruning implements Defence {

  /**
   * Settings.
   *
   * @param units what is pruned together
   * @param stages prune the last so many stages; 0 means all
   * @param reward what a mask is worth
   * @param rounds searches at most; more than 1 looks for a trigger again after each
   * @param stubborn norm over the hunt's floor below which a label is still too easy after pruning
   * @param precision of trials
   * @param recovery fine-tune after surgery
   */
  public record Settings(
      UnitKind units,
      int stages,
      Reward reward,
      int rounds,
      double stubborn,
      Precision precision,
      Optional<FineTuning.Settings> recovery) {
    /** Single batch-norm channels of all stages, two rounds, no recovery. */
    public static final Settings DEFAULT =
        new Settings(
            UnitKind.BATCH_NORM, 0, Reward.DEFAULT, 2, 0.5, Precision.AUTO, Optional.empty());

    /** Rejects values out of range. */
    public Settings {
      if (stages < 0 || rounds < 1 || !(stubborn >= 0)) {
        throw new IllegalArgumentException(
            "stages must be at least 0, rounds at least 1 and stubborn not negative, got "
                + stages
                + ", "
                + rounds
                + " and "
                + stubborn);
      }
    }
  }

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

    // 3. to 5. For each label that a backdoor leads to.
    Network network = suspect.network();
    List<PrunedChannel> pruned = new ArrayList<>();
    List<LearningCurve> curves = new ArrayList<>();
    int evaluations = 0;
    for (int target : diagnosis.targets()) {
      PruningPlan plan = PruningPlan.EMPTY;
      for (int round = 0; round < settings.rounds(); round++) {
        RunContext branch = branch(run, target, round);
        SearchResult found = search(network, space, diagnosis, target, clean, branch);
        curves.add(found.curve());
        evaluations += found.evaluations();
        plan = plan(space, found, target);
        diagnosis.lap("search");
        if (round + 1 == settings.rounds()
            || !stillTooEasy(network, plan, diagnosis, target, clean, branch)) {
          break;
        }
      }
      network = Surgery.apply(network, plan);
      pruned.addAll(plan.channels());
    }
    PruningPlan plan = new PruningPlan(pruned.stream().distinct().toList());

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
   * Whether a trigger for {@code target} is still abnormally small on the pruned network; if so it
   * becomes a proxy.
   */
  private boolean stillTooEasy(
      Network network,
      PruningPlan plan,
      Diagnosis diagnosis,
      int target,
      CleanSample clean,
      RunContext run) {
    if (diagnosis.floor().isEmpty()) {
      return false;
    }
    Network operated = Surgery.apply(network, plan);
    String key = "again-" + target + "-" + diagnosis.proxies(target).size();
    SynthesisResult again = Diagnosis.synthesise(operated, clean, synthesis, target, key, run);
    boolean easy =
        again.reached() && again.norm() < settings.stubborn() * diagnosis.floor().orElseThrow();
    run.progress()
        .event(
            "trigger-again",
            Map.of(
                "target",
                target,
                "norm",
                again.norm(),
                "success",
                again.success(),
                "too-easy",
                easy));
    diagnosis.lap("synthesis on the pruned network");
    if (easy) {
      diagnosis.add(target, again.trigger());
    }
    return easy;
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
