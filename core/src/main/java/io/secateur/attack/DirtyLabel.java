package io.secateur.attack;

import io.secateur.data.ImageSet;
import io.secateur.metric.GroundTruth;
import io.secateur.metric.Target;
import io.secateur.metric.TrueTrigger;
import io.secateur.run.RunContext;
import java.util.Arrays;

/**
 * Dirty-label poisoning: a share of the training images, drawn once, gets the trigger and the
 * target's label. What BadNets, Trojan and Blend have in common; they differ in the trigger.
 *
 * @param target labels that triggered images get
 * @param rate share of the images that may be drawn which is drawn, in (0, 1]
 * @param anyClass whether images that bear the target label already may be drawn (RNP,
 *     BackdoorBench) or not (ANP)
 */
public record DirtyLabel(Target target, double rate, boolean anyClass) {
  /** A tenth of all images, to label 0: RNP and BackdoorBench. */
  public static final DirtyLabel DEFAULT = new DirtyLabel(new Target.One(0), 0.1, true);

  /** Rejects a rate outside (0, 1]. */
  public DirtyLabel {
    if (!(rate > 0 && rate <= 1)) {
      throw new IllegalArgumentException("rate must be in (0, 1], got " + rate);
    }
  }

  /** Images of any class, all to {@code label}. */
  public DirtyLabel(int label, double rate) {
    this(new Target.One(label), rate, true);
  }

  /**
   * Poisons {@code clean}.
   *
   * @param attack what the attack is called
   * @throws IllegalArgumentException if the target or the trigger does not fit the images
   */
  public Poisoning poison(String attack, TrueTrigger trigger, ImageSet clean, RunContext run) {
    target.check(clean);
    if (!trigger.shape().equals(clean.shape())) {
      throw new IllegalArgumentException(
          "a trigger on images of " + trigger.shape() + " does not fit " + clean);
    }
    int classes = clean.classes();
    int[] candidates = anyClass ? clean.indices() : target.victims(clean);
    int[] chosen = PoisonedSet.draw(candidates, rate, run.seeds().random("chosen"));
    int[] labels = Arrays.stream(chosen).map(i -> target.of(clean.label(i), classes)).toArray();
    byte[] changed = PoisonedSet.changed(clean, chosen, trigger::on);
    return Poisoning.of(
        new PoisonedSet(clean, chosen, changed, labels),
        new GroundTruth(attack, target, trigger),
        chosen.length);
  }
}
