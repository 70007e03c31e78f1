package io.secateur.defence;

import io.secateur.trigger.FamilyHunt;
import io.secateur.trigger.TriggerFamily;

/**
 * Where a defence gets its synthetic triggers from.
 *
 * @param hunt over families of triggers and all labels; gives the smallest trigger of each
 * @param strength size of the strongest triggers to begin with, as a share of what a blameless
 *     label takes, in [0, 1); 0 makes no strongest triggers
 */
public record TriggerSources(FamilyHunt hunt, double strength) {
  /**
   * Share at which the strongest patch of a backdoor forces its label almost always and that of
   * another label at most half the time, on small networks.
   */
  public static final double STRENGTH = 0.35;

  /** Rejects strengths out of range. */
  public TriggerSources {
    if (!(strength >= 0 && strength < 1)) {
      throw new IllegalArgumentException("strength must be in [0, 1), got " + strength);
    }
  }

  /** The usual hunt, with strongest triggers of the given strength. */
  public static TriggerSources standard(double strength) {
    return new TriggerSources(FamilyHunt.standard(), strength);
  }

  /** The hunt as published; strength 0, the smallest triggers alone, is published too. */
  public static TriggerSources paper(double strength) {
    return new TriggerSources(FamilyHunt.paper(), strength);
  }

  /** Where triggers for a label come from that the user names. */
  TriggerFamily first() {
    return hunt.families().get(0);
  }
}
