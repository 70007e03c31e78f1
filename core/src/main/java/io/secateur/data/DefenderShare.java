package io.secateur.data;

/**
 * Which training images belong to the defender: {@value #SIZE}, or a quarter of the training set if
 * that is less, the same number of each class where it divides, drawn once and for all with the
 * fixed seed {@value #SEED}. The others form {@link Split#TRAIN}. So a network trained here has
 * never seen what it is repaired with.
 */
public final class DefenderShare {
  /** Images of the defender's share, unless the training set has fewer than four times as many. */
  public static final int SIZE = 2_500;

  /** Fixed: a change would make old networks meet images that they were trained on. */
  public static final long SEED = 20_250_801L;

  private DefenderShare() {}

  /**
   * Ascending positions, in the list of all training images, of those that belong to {@code split}.
   *
   * @param labels labels of all training images, in their official order
   * @throws IllegalArgumentException for {@link Split#TEST}, which holds no training images
   */
  static int[] positions(int[] labels, int classes, Split split) {
    Partition partition = Partition.draw(labels, classes, Math.min(SIZE, labels.length / 4), SEED);
    return switch (split) {
      case TRAIN -> partition.rest();
      case DEFENDER -> partition.chosen();
      case TEST -> throw new IllegalArgumentException("test images are no training images");
    };
  }
}
