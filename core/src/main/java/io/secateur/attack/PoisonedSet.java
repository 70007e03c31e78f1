package io.secateur.attack;

import io.secateur.data.ImageSet;
import io.secateur.nn.FeatureShape;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/**
 * Training images of which some were changed once and for all, before training: augmentation crops
 * and mirrors what was put on with its image, as in the sources.
 */
final class PoisonedSet {
  private static final int BATCH = 500;

  private PoisonedSet() {}

  /** A share of {@code candidates}, rounded, at least one, without repetition. */
  static int[] draw(int[] candidates, double share, RandomGenerator random) {
    if (candidates.length == 0) {
      throw new IllegalArgumentException("there is no image that could be poisoned");
    }
    int[] order = candidates.clone();
    int count = Math.max(1, (int) Math.round(share * order.length));
    for (int i = 0; i < count; i++) {
      int j = random.nextInt(i, order.length);
      int swap = order[i];
      order[i] = order[j];
      order[j] = swap;
    }
    return Arrays.copyOf(order, count);
  }

  /**
   * A copy of {@code clean} in which the images at {@code chosen} are changed and bear other
   * labels. Values are rounded to bytes, as they would be in the files of a data set.
   *
   * @param change from images [N, C, H, W] in [0, 1] to such images
   * @param labels of the chosen images, in their order
   */
  static ImageSet of(
      ImageSet clean, String attack, int[] chosen, UnaryOperator<float[]> change, int[] labels) {
    FeatureShape shape = clean.shape();
    int[] allLabels = clean.labels();
    byte[] pixels = new byte[Math.multiplyExact(clean.size(), shape.size())];
    for (int i = 0; i < clean.size(); i++) {
      System.arraycopy(clean.pixels(i), 0, pixels, i * shape.size(), shape.size());
    }
    for (int from = 0; from < chosen.length; from += BATCH) {
      int[] batch = Arrays.copyOfRange(chosen, from, Math.min(chosen.length, from + BATCH));
      float[] changed = change.apply(clean.floats(batch));
      for (int k = 0; k < batch.length; k++) {
        allLabels[batch[k]] = labels[from + k];
        for (int j = 0; j < shape.size(); j++) {
          pixels[batch[k] * shape.size() + j] =
              (byte) Math.round(255 * changed[k * shape.size() + j]);
        }
      }
    }
    return ImageSet.of(clean.name() + "+" + attack, shape, clean.classNames(), allLabels, pixels);
  }
}
