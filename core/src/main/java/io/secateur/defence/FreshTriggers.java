package io.secateur.defence;

import io.secateur.data.CleanSample;
import io.secateur.nn.Network;
import io.secateur.run.RunContext;
import io.secateur.trigger.AnomalyIndex;
import io.secateur.trigger.ContinuedSynthesis;
import io.secateur.trigger.SynthesisResult;
import io.secateur.trigger.Trigger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleFunction;

/**
 * Makes a {@link FreshTrigger} for one label on the suspect and on every network that comes of it.
 * On those each label's search goes on from its last trigger: what is left of a backdoor is where
 * it was, and a search from scratch misses it; only shifts begin anew. Cost: one synthesis for the
 * label and for each of up to {@value #OTHERS} others.
 *
 * <p>The size is that at which blameless labels of the suspect are forced on at most half of the
 * images: larger ones tell no label from another. It is tried downwards from the size given, by
 * {@value #SMALLER} each time, but not below that of the smallest trigger.
 */
final class FreshTriggers {
  private static final int OTHERS = 5;
  private static final double HALF = 0.5;
  private static final double SMALLER = 0.7;

  private final int target;
  private final Set<Integer> accused;
  private final double least;
  private final DoubleFunction<ContinuedSynthesis> strongest;
  private final CleanSample clean;
  private final RunContext run;
  private final Map<Integer, Trigger> previous = new HashMap<>();
  private double size;
  private int made;

  /**
   * Triggers for {@code target}.
   *
   * @param accused labels that do not count as others
   * @param least size of the smallest trigger for {@code target}
   * @param size of the triggers to begin with
   */
  FreshTriggers(
      int target,
      Set<Integer> accused,
      double least,
      double size,
      DoubleFunction<ContinuedSynthesis> strongest,
      CleanSample clean,
      RunContext run) {
    this.target = target;
    this.accused = accused;
    this.least = least;
    this.size = Math.max(least, size);
    this.strongest = strongest;
    this.clean = clean;
    this.run = run;
  }

  /** The trigger for the suspect, which settles the size. */
  FreshTrigger onSuspect(Network suspect) {
    FreshTrigger trigger = on(suspect, run.inCommon());
    while (trigger.otherLabels() > HALF && SMALLER * size >= least) {
      size *= SMALLER;
      trigger = on(suspect, run.inCommon());
    }
    return trigger;
  }

  /** A new trigger, made on {@code network}. */
  FreshTrigger on(Network network) {
    return on(network, run);
  }

  private FreshTrigger on(Network network, RunContext memory) {
    List<Integer> others = others(network.classes());
    run.progress().begin("make the strongest triggers", others.size() + 1L);
    SynthesisResult own = make(network, target, memory);
    run.progress().advance(1, "label " + target);
    double[] successes = new double[others.size()];
    for (int i = 0; i < successes.length; i++) {
      successes[i] = make(network, others.get(i), memory).success();
      run.progress().advance(i + 2, "label " + others.get(i));
    }
    made++;
    double median = successes.length == 0 ? 0 : AnomalyIndex.median(successes);
    int images = clean.tune().without(target).length;
    FreshTrigger trigger =
        new FreshTrigger(target, size, own.trigger(), images, own.success(), median);
    run.progress()
        .end(
            String.format(
                Locale.ROOT,
                "label %d forced on %.0f %%, other labels on %.0f %%",
                target,
                100 * trigger.success(),
                100 * median));
    run.progress()
        .event(
            "fresh-trigger",
            Map.of(
                "target", target,
                "size", size,
                "success", trigger.success(),
                "otherLabels", median,
                "standsOut", trigger.standsOut()));
    return trigger;
  }

  /** Labels that are not accused, evenly spread. */
  private List<Integer> others(int classes) {
    List<Integer> blameless = new ArrayList<>();
    for (int label = 0; label < classes; label++) {
      if (!accused.contains(label)) {
        blameless.add(label);
      }
    }
    List<Integer> chosen = new ArrayList<>();
    int count = Math.min(OTHERS, blameless.size());
    for (int i = 0; i < count; i++) {
      chosen.add(blameless.get(i * blameless.size() / count));
    }
    return chosen;
  }

  private SynthesisResult make(Network network, int label, RunContext memory) {
    String key = "fresh-" + target + "-" + made + "-" + label;
    Trigger start = previous.get(label);
    ContinuedSynthesis synthesis = strongest.apply(size);
    SynthesisResult result =
        memory
            .checkpoints()
            .once(
                key,
                SynthesisResult.class,
                () ->
                    start == null
                        ? synthesis.synthesise(network, clean.tune(), label, run.seeds().seed(key))
                        : synthesis.from(
                            start, network, clean.tune(), label, run.seeds().seed(key)));
    previous.put(label, result.trigger());
    return result;
  }
}
