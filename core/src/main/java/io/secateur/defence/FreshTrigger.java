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
  /** Share of the images that is no more than a few odd ones. */
  private static final double FEW = 0.05;

  /**
   * Whether the label is easier to force than others are, on more than a few images more and beyond
   * the chance of a draw of so many: then there is something to prune.
   */
  public boolean standsOut() {
    double low = Proportion.of((int) Math.round(success * images), images).low() / 100;
    return low > otherLabels + FEW;
  }

  /**
   * Whether it is forced on more than a share of the images. Inside a network every label can be
   * forced, by the channels that say it: a shift works only if its label stands out.
   */
  boolean works(double share) {
    return standsOut() || success > share && trigger.visible();
  }
}
