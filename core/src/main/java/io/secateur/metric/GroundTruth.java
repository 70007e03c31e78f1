package io.secateur.metric;

/**
 * What the attacker did: where it is known, results can be measured with the true trigger. Code
 * that repairs cannot see this type.
 *
 * @param attack what the attack is called, for display; may be empty
 * @param target labels that triggered images are to get
 * @param trigger what is done to an image
 */
public record GroundTruth(String attack, Target target, TrueTrigger trigger) {
  /** A truth about one target label. */
  public GroundTruth(String attack, int target, TrueTrigger trigger) {
    this(attack, new Target.One(target), trigger);
  }
}
