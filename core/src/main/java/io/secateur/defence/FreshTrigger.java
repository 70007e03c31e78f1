package io.secateur.defence;

import io.secateur.metric.Proportion;
import io.secateur.trigger.Trigger;

/**
 * The strongest trigger of a set size for the label of a backdoor, and how the same attempt ends
 * for other labels. A trigger of that size forces any label on some images, on any network; a
 * backdoor shows in that it forces one label on more than others.
 *
 * @param target the backdoor's label
 * @param size of the trigger, its norm
 * @param trigger the trigger
 * @param images tuning images of other classes, at least 1
 * @param success share of the tuning images of other classes that it forces, in [0, 1]
 * @param otherLabels median success of triggers of that size for other labels, in [0, 1]
 */
public record FreshTrigger(
    int target, double size, Trigger trigger, int images, double success, double otherLabels) {
  /** Success below which nothing stands out: that of any label on a few odd images. */
  private static final double FEW = 0.05;

  /**
   * Whether the label is easier to force than others are, beyond the chance of a draw of so many
   * images: then there is something to prune.
   */
  public boolean standsOut() {
    double low = Proportion.of((int) Math.round(success * images), images).low() / 100;
    return success > FEW && low > otherLabels;
  }

  /**
   * Whether it is forced on more images than a share of what others are, and on more than few.
   * Inside a network every label can be forced, by the channels that say it: a shift works only if
   * its label stands out.
   */
  boolean works(double share) {
    boolean some = share < 1 && success > Math.max(share * otherLabels, FEW);
    return standsOut() || some && trigger.visible();
  }
}
