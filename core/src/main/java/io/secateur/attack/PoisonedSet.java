package io.secateur.attack;

import io.secateur.data.ImageSet;
import io.secateur.run.RandomOrder;
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
    int count = Math.max(1, (int) Math.round(share * candidates.length));
    return RandomOrder.draw(candidates, count, random);
  }

  /**
   * What becomes of the images at {@code chosen}, rounded to bytes, as it would be in the files of
   * a data set: [chosen.length, C, H, W].
   *
   * @param change from images [N, C, H, W] in [0, 1] to such images
   */
  static byte[] changed(ImageSet clean, int[] chosen, UnaryOperator<float[]> change) {
    int size = clean.shape().size();
    byte[] pixels = new byte[Math.multiplyExact(chosen.length, size)];
    for (int from = 0; from < chosen.length; from += BATCH) {
      int[] batch = Arrays.copyOfRange(chosen, from, Math.min(chosen.length, from + BATCH));
      float[] changed = change.apply(clean.floats(batch));
      for (int j = 0; j < changed.length; j++) {
        pixels[from * size + j] = (byte) Math.round(255 * changed[j]);
      }
    }
    return pixels;
  }

  /**
   * A copy of {@code clean} in which the images at {@code chosen} are others and bear other labels.
   *
   * @param changed pixels of the chosen images, in their order
   * @param labels of the chosen images, in their order
   */
  static ImageSet of(ImageSet clean, String attack, int[] chosen, byte[] changed, int[] labels) {
    int size = clean.shape().size();
    int[] allLabels = clean.labels();
    byte[] pixels = new byte[Math.multiplyExact(clean.size(), size)];
    for (int i = 0; i < clean.size(); i++) {
      System.arraycopy(clean.pixels(i), 0, pixels, i * size, size);
    }
    for (int k = 0; k < chosen.length; k++) {
      allLabels[chosen[k]] = labels[k];
      System.arraycopy(changed, k * size, pixels, chosen[k] * size, size);
    }
    return ImageSet.of(
        clean.name() + "+" + attack, clean.shape(), clean.classNames(), allLabels, pixels);
  }
}
