package io.secateur.explain;

import io.secateur.data.ImageSet;
import io.secateur.nn.Network;
import io.secateur.nn.Node;
import io.secateur.trigger.Trigger;
import java.util.Arrays;

/**
 * Clean images and the same images with synthetic triggers on, few enough that one layer's outputs
 * for all of them fit into memory. The arrays are large: they are taken over, not copied.
 *
 * @param clean [n, C, H, W] in [0, 1], row-major
 * @param labels of the clean images
 * @param triggered [m, C, H, W], none of the class that its trigger forces
 * @param owners for each triggered image its own label
 * @param targets for each triggered image the label that its trigger forces
 */
public record ProbeImages(
    float[] clean, int[] labels, float[] triggered, int[] owners, int[] targets) {
  /** Values of one layer's outputs over all images of a kind: 128 MiB. */
  private static final long MOST_VALUES = 1L << 25;

  /**
   * The first images of a set, and as many triggered ones, spread evenly over the triggers.
   *
   * @param most images of either kind
   */
  public static ProbeImages of(
      Network network, ImageSet images, Iterable<SyntheticAttack> attacks, int most) {
    int limit = Math.min(most, affordable(network));
    int[] chosen = Arrays.copyOf(images.indices(), Math.min(limit, images.size()));
    int kinds = 0;
    for (SyntheticAttack attack : attacks) {
      kinds += attack.triggers().size();
    }
    float[] triggered = new float[0];
    int[] owners = new int[0];
    int[] targets = new int[0];
    for (SyntheticAttack attack : attacks) {
      int[] others = images.without(attack.target());
      int share = Math.min(others.length, Math.max(1, limit / Math.max(1, kinds)));
      for (Trigger trigger : attack.triggers()) {
        int[] victims = Arrays.copyOf(others, share);
        float[] forced = SyntheticAttack.triggered(trigger, images.floats(victims), images.shape());
        triggered = joined(triggered, forced);
        owners = joined(owners, images.labels(victims));
        int[] wanted = new int[share];
        Arrays.fill(wanted, attack.target());
        targets = joined(targets, wanted);
      }
    }
    return new ProbeImages(
        images.floats(chosen), images.labels(chosen), triggered, owners, targets);
  }

  private static int affordable(Network network) {
    int largest = 1;
    for (Node node : network.architecture().nodes()) {
      largest = Math.max(largest, node.output().size());
    }
    return (int) Math.max(1, MOST_VALUES / largest);
  }

  /** All images, the clean ones first. */
  public float[] all() {
    return joined(clean, triggered);
  }

  private static float[] joined(float[] first, float[] second) {
    float[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  private static int[] joined(int[] first, int[] second) {
    int[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ProbeImages that
        && Arrays.equals(clean, that.clean)
        && Arrays.equals(labels, that.labels)
        && Arrays.equals(triggered, that.triggered)
        && Arrays.equals(owners, that.owners)
        && Arrays.equals(targets, that.targets);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(labels) + Arrays.hashCode(targets);
  }

  @Override
  public String toString() {
    return "ProbeImages(clean=" + labels.length + ", triggered=" + targets.length + ")";
  }
}
