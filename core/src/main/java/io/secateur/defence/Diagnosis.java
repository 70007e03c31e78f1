package io.secateur.defence;

import io.secateur.agent.LearningCurve;
import io.secateur.data.CleanSample;
import io.secateur.data.ImageSet;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.metric.Evaluator;
import io.secateur.metric.Proportion;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Network;
import io.secateur.prune.PruningPlan;
import io.secateur.run.RunContext;
import io.secateur.run.Stopwatch;
import io.secateur.trigger.HuntResult;
import io.secateur.trigger.LabelFinding;
import io.secateur.trigger.SynthesisResult;
import io.secateur.trigger.Trigger;
import io.secateur.trigger.TriggerHunt;
import io.secateur.trigger.TriggerSynthesis;
import io.secateur.trigger.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What every repair begins and ends with: is there a backdoor, which label does it lead to, which
 * synthetic triggers stand for it; and, at the end, do they still work on images that no search has
 * seen.
 */
final class Diagnosis {
  /** Restarts of the synthesis where the user names the label. */
  private static final int RESTARTS = 2;

  private final Suspect suspect;
  private final CleanSample clean;
  private final Policy policy;
  private final Stopwatch watch = Stopwatch.start();
  private final Optional<HuntResult> hunt;
  private final Map<Integer, List<Trigger>> proxies = new LinkedHashMap<>();

  private Diagnosis(Suspect suspect, CleanSample clean, Policy policy, Optional<HuntResult> hunt) {
    this.suspect = suspect;
    this.clean = clean;
    this.policy = policy;
    this.hunt = hunt;
  }

  /**
   * Hunts for a trigger, or, where the user names the target, makes one for it.
   *
   * @param synthesis used for a named target, and to look again after pruning
   */
  static Diagnosis of(
      Suspect suspect,
      CleanSample clean,
      TriggerHunt hunter,
      TriggerSynthesis synthesis,
      Policy policy,
      RunContext run) {
    Diagnosis diagnosis;
    if (suspect.target().isPresent()) {
      int target = suspect.target().getAsInt();
      diagnosis = new Diagnosis(suspect, clean, policy, Optional.empty());
      List<Trigger> made = new ArrayList<>();
      run.progress().begin("synthesise the trigger", RESTARTS);
      for (int restart = 0; restart < RESTARTS; restart++) {
        made.add(
            synthesise(suspect.network(), clean, synthesis, target, "named-target-" + restart, run)
                .trigger());
        run.progress().advance(restart + 1, "label " + target);
      }
      run.progress().end("label " + target + ", norm " + Math.round(made.get(0).norm()));
      diagnosis.proxies.put(target, made);
    } else {
      HuntResult found =
          suspect.hunt().orElseGet(() -> hunter.run("hunt", suspect.network(), clean.tune(), run));
      diagnosis = new Diagnosis(suspect, clean, policy, Optional.of(found));
      for (int label : found.accused()) {
        LabelFinding finding = found.findings().get(label);
        diagnosis.proxies.put(label, List.of(finding.trigger()));
      }
    }
    diagnosis.watch.lap("hunt");
    return diagnosis;
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
    return !proxies.isEmpty();
  }

  /** The labels that backdoors lead to, the likeliest first. */
  List<Integer> targets() {
    return List.copyOf(proxies.keySet());
  }

  /** Synthetic triggers for {@code target}. */
  List<Trigger> proxies(int target) {
    return proxies.getOrDefault(target, List.of());
  }

  /** Adds a trigger that was found later. */
  void add(int target, Trigger trigger) {
    List<Trigger> more = new ArrayList<>(proxies(target));
    more.add(trigger);
    proxies.put(target, more);
  }

  /** What a trigger for a blameless label of this network takes, where a hunt measured it. */
  Optional<Double> floor() {
    return hunt.map(HuntResult::floor);
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

  /** A repaired network, judged on the hold-out images against the policy. */
  RepairOutcome outcome(
      Network repaired, PruningPlan plan, List<LearningCurve> searches, int evaluations) {
    return outcome(repaired, plan, searches, evaluations, null);
  }

  private RepairOutcome outcome(
      Network repaired,
      PruningPlan plan,
      List<LearningCurve> searches,
      int evaluations,
      @Nullable RepairVerdict given) {
    RepairOutcome.Standing before = standing(suspect.network());
    RepairOutcome.Standing after = standing(repaired);
    watch.lap("measure");
    RepairVerdict verdict =
        given != null
            ? given
            : policy.met(before, after) ? RepairVerdict.REPAIRED : RepairVerdict.NOT_REPAIRED;
    List<Trigger> all = new ArrayList<>();
    proxies.values().forEach(all::addAll);
    OptionalInt target = proxies.isEmpty() ? OptionalInt.empty() : OptionalInt.of(targets().get(0));
    return new RepairOutcome(
        repaired,
        verdict,
        target,
        plan,
        hunt,
        all,
        before,
        after,
        searches,
        evaluations,
        watch.laps());
  }

  private RepairOutcome.Standing standing(Network network) {
    ImageSet images = clean.holdOut();
    Proportion accuracy = Evaluator.evaluate(network, images, Optional.empty()).cleanAccuracy();
    int hits = 0;
    int tried = 0;
    for (Map.Entry<Integer, List<Trigger>> entry : proxies.entrySet()) {
      for (Trigger trigger : entry.getValue()) {
        int[] others = images.without(entry.getKey());
        hits += forced(network, images, others, trigger, entry.getKey());
        tried += others.length;
      }
    }
    return new RepairOutcome.Standing(
        accuracy, tried == 0 ? Optional.empty() : Optional.of(Proportion.of(hits, tried)));
  }

  private static int forced(
      Network network, ImageSet images, int[] indices, Trigger trigger, int target) {
    FeatureShape shape = images.shape();
    float[] triggered =
        Scope.value(
            () ->
                trigger
                    .apply(
                        Tensor.of(
                            images.floats(indices),
                            indices.length,
                            shape.channels(),
                            shape.height(),
                            shape.width()))
                    .toFloats());
    float[] logits = Evaluator.logits(network, triggered);
    int classes = network.classes();
    int hits = 0;
    for (int row = 0; row < indices.length; row++) {
      int best = 0;
      for (int k = 1; k < classes; k++) {
        best = logits[row * classes + k] > logits[row * classes + best] ? k : best;
      }
      hits += best == target ? 1 : 0;
    }
    return hits;
  }
}
