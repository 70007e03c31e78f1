package io.secateur.trigger;

import io.secateur.data.ImageSet;
import io.secateur.nn.Network;
import java.util.List;

/**
 * A synthesised trigger and what is known about it.
 *
 * @param label the label that it was made for
 * @param trigger the smallest one that passed the success threshold while it was sought; if none
 *     passed, the most successful one
 * @param norm {@link Trigger#norm} of it
 * @param success share, in [0, 1], of the images of other labels that get {@code label} under it,
 *     measured on all of them in float32
 * @param reached some step of the search passed the threshold
 * @param smallest smallest norm that had passed after each step; the largest norm there is while
 *     none had. Allows two runs to be compared at equal budgets
 * @param passes cost in images × (forward + backward); a forward pass alone counts a half
 */
public record SynthesisResult(
    int label,
    Trigger trigger,
    double norm,
    double success,
    boolean reached,
    List<Double> smallest,
    long passes) {
  /** Copies the list. */
  public SynthesisResult {
    smallest = List.copyOf(smallest);
  }

  /**
   * Of a search that is over; measures the trigger.
   *
   * @param passes cost of the search alone
   */
  static SynthesisResult of(
      Network network,
      ImageSet images,
      int label,
      Trigger trigger,
      boolean reached,
      List<Double> smallest,
      long passes) {
    Success success = Success.of(network, images, label, trigger);
    return new SynthesisResult(
        label,
        trigger,
        trigger.norm(),
        success.rate(),
        reached,
        smallest,
        passes + success.passes());
  }

  /** The smallest norm that had passed after {@code steps} steps, or when the search ended. */
  public double smallestAfter(int steps) {
    return smallest.get(Math.min(steps, smallest.size()) - 1);
  }
}
