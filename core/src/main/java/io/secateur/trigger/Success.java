package io.secateur.trigger;

import io.secateur.data.ImageSet;
import io.secateur.nn.Network;

/**
 * How often a trigger works, in float32.
 *
 * @param rate share, in [0, 1], of the images of other labels that get the label under the trigger
 * @param passes cost in images × (forward + backward); a forward pass alone counts a half
 */
record Success(double rate, long passes) {
  static Success of(Network network, ImageSet images, int label, Trigger trigger) {
    int[] others = images.without(label);
    int hits = Forced.count(network, images, others, trigger, label);
    return new Success(
        others.length == 0 ? 0 : (double) hits / others.length, (others.length + 1) / 2);
  }
}
