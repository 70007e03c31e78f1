package io.secateur.defence;

import io.secateur.trigger.Trigger;

/**
 * The strongest patch of a set size for the label of a backdoor, and how the same attempt ends for
 * other labels. A patch of that size forces any label on some images, on any network; a backdoor
 * shows in that it forces one label on more than others.
 *
 * @param target the backdoor's label
 * @param pixels size of the patch, its norm
 * @param trigger the patch
 * @param success share of the tuning images of other classes that it forces, in [0, 1]
 * @param otherLabels median success of patches of that size for other labels, in [0, 1]
 */
public record FreshPatch(
    int target, double pixels, Trigger trigger, double success, double otherLabels) {
  /** Whether the label is easier to force than others are: then there is something to prune. */
  public boolean standsOut() {
    return success > otherLabels;
  }
}
