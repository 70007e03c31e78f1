package io.secateur.defence;

import io.secateur.engine.Engine;
import io.secateur.train.Precision;
import io.secateur.trigger.BudgetedPatch;
import io.secateur.trigger.ContinuedSynthesis;
import io.secateur.trigger.ProximalCleanse;
import io.secateur.trigger.TriggerHunt;
import io.secateur.trigger.TriggerSynthesis;
import java.util.function.DoubleFunction;

/**
 * Where a defence gets its synthetic triggers from.
 *
 * @param hunt over all labels; gives the smallest trigger of each
 * @param smallest makes the smallest trigger of a label that the user names
 * @param strongest makes the strongest trigger of at most so many pixels
 * @param strength that many pixels, as a share of what a blameless label takes, in [0, 1); 0 makes
 *     no strongest triggers
 */
public record TriggerSources(
    TriggerHunt hunt,
    TriggerSynthesis smallest,
    DoubleFunction<ContinuedSynthesis> strongest,
    double strength) {
  /**
   * Share at which the strongest patch of a backdoor forces its label almost always and that of
   * another label at most half the time.
   */
  public static final double STRENGTH = 0.35;

  private static final int STRONGEST_STEPS = 120;
  private static final int STRONGEST_BATCH = 32;

  /** Rejects strengths out of range. */
  public TriggerSources {
    if (!(strength >= 0 && strength < 1)) {
      throw new IllegalArgumentException("strength must be in [0, 1), got " + strength);
    }
  }

  /** The usual hunt, with strongest triggers of the given strength. */
  public static TriggerSources standard(double strength) {
    return of(TriggerHunt.standard(), strength);
  }

  /** The hunt as published; strength 0, the smallest triggers alone, is published too. */
  public static TriggerSources paper(double strength) {
    return of(TriggerHunt.paper(Engine.fastest()), strength);
  }

  private static TriggerSources of(TriggerHunt hunt, double strength) {
    return new TriggerSources(
        hunt,
        new ProximalCleanse(ProximalCleanse.Settings.defaults(), Engine.fastest()),
        pixels -> new BudgetedPatch(pixels, STRONGEST_STEPS, STRONGEST_BATCH, Precision.AUTO),
        strength);
  }
}
