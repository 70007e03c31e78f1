package io.secateur.defence;

import io.secateur.agent.PruningProblem;
import io.secateur.data.CleanSample;
import io.secateur.data.ImageSet;
import io.secateur.engine.ForwardCost;
import io.secateur.metric.Evaluator;
import io.secateur.metric.Proportion;
import io.secateur.nn.Network;
import io.secateur.prune.PruningPlan;
import io.secateur.run.RunContext;
import io.secateur.run.Stopwatch;
import io.secateur.trigger.Forced;
import io.secateur.trigger.HuntResult;
import io.secateur.trigger.SynthesisResult;
import io.secateur.trigger.Trigger;
import io.secateur.trigger.TriggerFamily;
import io.secateur.trigger.TriggerSynthesis;
import io.secateur.trigger.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What every repair begins and ends with: is there a backdoor, which label does it lead to, which
 * synthetic triggers stand for it; and, at the end, do they still work on images that no search has
 * seen.
 */
final class Diagnosis {
  /** Restarts of the synthesis where the user names the label. */
  private static final int RESTARTS = 2;

  /**
   * Size of the strongest trigger over the smallest trigger's, where no hunt measured the floor.
   */
  private static final double WITHOUT_FLOOR = 1.5;

  private final Suspect suspect;
  private final CleanSample clean;
  private final Policy policy;
  private final Stopwatch watch;
  private final Optional<HuntResult> hunt;

  /** Triggers made on the suspect as it came, by label: before and after are measured with them. */
  private final Map<Integer, List<Trigger>> evidence = new LinkedHashMap<>();

  /** Triggers made on networks that were pruned in part: for searches only. */
  private final Map<Integer, List<Trigger>> later = new LinkedHashMap<>();

  private final Map<Integer, FreshTriggers> fresh = new LinkedHashMap<>();
  private final Map<Integer, FreshTrigger> onSuspect = new LinkedHashMap<>();

  /** Made on networks that come of the suspect, by network: looking twice costs nothing. */
  private final Map<Network, Map<Integer, FreshTrigger>> made = new IdentityHashMap<>();

  private final ImageSet copies;

  private Diagnosis(
      Suspect suspect,
      CleanSample clean,
      Policy policy,
      Optional<HuntResult> hunt,
      Stopwatch watch) {
    this.suspect = suspect;
    this.clean = clean;
    this.policy = policy;
    this.hunt = hunt;
    this.watch = watch;
    this.copies = PruningProblem.imagesForAccuracy(clean, 1);
  }

  /** Hunts for a trigger, or, where the user names the target, makes one for it. */
  static Diagnosis of(
      Suspect suspect, CleanSample clean, TriggerSources sources, Policy policy, RunContext run) {
    Stopwatch watch = run.stopwatch();
    Diagnosis diagnosis;
    if (suspect.target().isPresent()) {
      int target = suspect.target().getAsInt();
      diagnosis = new Diagnosis(suspect, clean, policy, Optional.empty(), watch);
      List<Trigger> made = named(suspect.network(), clean, sources, policy, target, run);
      if (!made.isEmpty()) {
        diagnosis.evidence.put(target, made);
      }
    } else {
      HuntResult found =
          sources.hunt().run("hunt", suspect.network(), clean.tune(), run.inCommon());
      diagnosis = new Diagnosis(suspect, clean, policy, Optional.of(found), watch);
      boolean strongestAlone = found.byFallback() && sources.strength() > 0;
      for (int label : found.accused()) {
        Trigger smallest = found.findings().get(label).trigger();
        diagnosis.evidence.put(
            label, new ArrayList<>(strongestAlone ? List.of() : List.of(smallest)));
      }
    }
    diagnosis.watch.lap("hunt");
    if (sources.strength() > 0) {
      diagnosis.strengthen(sources, run);
      diagnosis.watch.lap("strongest triggers");
    }
    return diagnosis;
  }

  /** Looks for nothing: a repair that begins so ends without a verdict. */
  static Diagnosis none(Suspect suspect, CleanSample clean, Policy policy) {
    return new Diagnosis(suspect, clean, policy, Optional.empty(), Stopwatch.start());
  }

  /** Triggers for a label that the user names; those that do not work are no evidence. */
  private static List<Trigger> named(
      Network network,
      CleanSample clean,
      TriggerSources sources,
      Policy policy,
      int target,
      RunContext run) {
    List<Trigger> made = new ArrayList<>();
    run.progress().begin("synthesise the trigger", RESTARTS);
    for (int restart = 0; restart < RESTARTS; restart++) {
      String key = "named-target-" + restart;
      SynthesisResult found =
          synthesise(network, clean, sources.first().smallest(), target, key, run);
      if (100 * found.success() > policy.maxAsr()) {
        made.add(found.trigger());
      }
      run.progress().advance(restart + 1, "label " + target);
    }
    made.sort(Comparator.comparingDouble(Trigger::norm));
    run.progress()
        .end(
            made.isEmpty()
                ? "no trigger for label " + target + " works"
                : "label " + target + ", norm " + Math.round(made.get(0).norm()));
    return made;
  }

  /**
   * Adds the strongest trigger that is still far smaller than what a blameless label takes: the
   * smallest trigger stops working long before the true one does. Of a label that is accused
   * because the network falls back on it the smallest trigger is of no account: it is no smaller
   * than others.
   */
  private void strengthen(TriggerSources sources, RunContext run) {
    TriggerFamily family =
        hunt.map(found -> sources.hunt().family(found.family())).orElseGet(sources::first);
    for (int target : targets()) {
      double smallest = proxies(target).stream().findFirst().map(Trigger::norm).orElse(0.0);
      double wanted =
          hunt.map(found -> sources.strength() * found.floor()).orElse(WITHOUT_FLOOR * smallest);
      FreshTriggers triggers =
          new FreshTriggers(
              target, Set.copyOf(targets()), smallest, wanted, family.strongest(), clean, run);
      FreshTrigger strongest = triggers.onSuspect(suspect.network());
      fresh.put(target, triggers);
      onSuspect.put(target, strongest);
      evidence.computeIfAbsent(target, label -> new ArrayList<>()).add(strongest.trigger());
    }
  }

  /**
   * A trigger for {@code target} on {@code network}; every one of a run is a checkpoint under
   * {@code name}.
   */
  static SynthesisResult synthesise(
      Network network,
      CleanSample clean,
      TriggerSynthesis synthesis,
      int target,
      String name,
      RunContext run) {
    return run.checkpoints()
        .once(
            name,
            SynthesisResult.class,
            () -> synthesis.synthesise(network, clean.tune(), target, run.seeds().seed(name)));
  }

  /** Whether there is something to repair. */
  boolean backdoored() {
    return !evidence.isEmpty();
  }

  /** The labels that backdoors lead to, the likeliest first. */
  List<Integer> targets() {
    return List.copyOf(evidence.keySet());
  }

  /** Synthetic triggers for {@code target}. */
  List<Trigger> proxies(int target) {
    List<Trigger> all = new ArrayList<>(evidence.getOrDefault(target, List.of()));
    all.addAll(later.getOrDefault(target, List.of()));
    return all;
  }

  /**
   * Those for {@code target} that can be put on images; a patch for the label if none of them can.
   */
  List<Trigger> onImages(int target, TriggerSources sources, RunContext run) {
    List<Trigger> visible = proxies(target).stream().filter(Trigger::visible).toList();
    return visible.isEmpty()
        ? List.of(
            synthesise(
                    suspect.network(),
                    clean,
                    sources.first().smallest(),
                    target,
                    "patch-" + target,
                    run)
                .trigger())
        : visible;
  }

  /**
   * The triggers that a search goes by: those made on the suspect, or, after a search, the newest
   * alone. Those before it are dead by then, and in a mean they would hide what it still does.
   */
  List<Trigger> sought(int target) {
    List<Trigger> newer = later.getOrDefault(target, List.of());
    return newer.isEmpty() ? proxies(target) : newer.subList(newer.size() - 1, newer.size());
  }

  /**
   * Looks again, on a network that comes of the suspect; the trigger made there leads the next
   * search if it works on more than {@code share} of the images, or its label stands out.
   *
   * @return whether it does
   */
  boolean works(int target, Network network, double share) {
    Optional<FreshTrigger> found = fresh(target, network);
    boolean works = found.map(fresh -> fresh.works(share)).orElse(false);
    if (works) {
      later.computeIfAbsent(target, label -> new ArrayList<>()).add(found.orElseThrow().trigger());
    }
    return works;
  }

  /** Whether the label is forced more easily on {@code network} than others are. */
  boolean standsOut(int target, Network network) {
    return fresh(target, network).map(FreshTrigger::standsOut).orElse(false);
  }

  private Optional<FreshTrigger> fresh(int target, Network network) {
    FreshTriggers triggers = fresh.get(target);
    if (triggers == null) {
      return Optional.empty();
    }
    return Optional.of(
        made.computeIfAbsent(network, each -> new HashMap<>())
            .computeIfAbsent(target, label -> triggers.on(network)));
  }

  /** Times the stage that ends now. */
  void lap(String stage) {
    watch.lap(stage);
  }

  /** The network as it came. */
  RepairOutcome untouched() {
    boolean cleared = hunt.map(found -> found.verdict() == Verdict.CLEAN).orElse(false);
    return outcome(
        suspect.network(),
        PruningPlan.EMPTY,
        List.of(),
        0,
        cleared ? RepairVerdict.CLEAN : RepairVerdict.INCONCLUSIVE);
  }

  /**
   * A repaired network, judged against the policy on the hold-out images, and by whether the label
   * still stands out when a trigger for it is sought again. Without any trigger it cannot be told.
   */
  RepairOutcome outcome(
      Network repaired, PruningPlan plan, List<RepairOutcome.Search> searches, int evaluations) {
    return outcome(
        repaired, plan, searches, evaluations, backdoored() ? null : RepairVerdict.INCONCLUSIVE);
  }

  private RepairOutcome outcome(
      Network repaired,
      PruningPlan plan,
      List<RepairOutcome.Search> searches,
      int evaluations,
      @Nullable RepairVerdict given) {
    List<RepairOutcome.Relapse> relapses = new ArrayList<>();
    onSuspect.forEach(
        (target, before) ->
            fresh(target, repaired)
                .ifPresent(after -> relapses.add(new RepairOutcome.Relapse(before, after))));
    watch.lap("strongest triggers");
    RepairOutcome.Standing before = standing(suspect.network());
    RepairOutcome.Standing after = standing(repaired);
    watch.lap("measure");
    boolean repairedWell =
        policy.met(before, after)
            && relapses.stream().noneMatch(relapse -> relapse.after().standsOut());
    RepairVerdict verdict =
        given != null ? given : repairedWell ? RepairVerdict.REPAIRED : RepairVerdict.NOT_REPAIRED;
    List<Trigger> all = new ArrayList<>();
    targets().forEach(target -> all.addAll(proxies(target)));
    OptionalInt target =
        targets().isEmpty() ? OptionalInt.empty() : OptionalInt.of(targets().get(0));
    return new RepairOutcome(
        repaired,
        verdict,
        target,
        plan,
        hunt,
        all,
        relapses,
        before,
        after,
        searches,
        Optional.empty(),
        evaluations,
        watch.laps());
  }

  private static Proportion accuracy(Network network, ImageSet images) {
    return Evaluator.evaluate(network, images, Optional.empty()).cleanAccuracy();
  }

  private RepairOutcome.Standing standing(Network network) {
    ImageSet images = clean.holdOut();
    Proportion accuracy = accuracy(network, images);
    long cost = ForwardCost.ofThisThread();
    Proportion mixed = accuracy(network, copies);
    ForwardCost.add(
        cost - ForwardCost.ofThisThread()); // for the reader: no part of a method's cost
    int hits = 0;
    int tried = 0;
    for (Map.Entry<Integer, List<Trigger>> entry : evidence.entrySet()) {
      for (Trigger trigger : entry.getValue()) {
        int[] others = images.without(entry.getKey());
        hits += Forced.count(network, images, others, trigger, entry.getKey());
        tried += others.length;
      }
    }
    return new RepairOutcome.Standing(
        accuracy, mixed, tried == 0 ? Optional.empty() : Optional.of(Proportion.of(hits, tried)));
  }
}
