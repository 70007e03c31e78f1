package io.secateur.attack;

import io.secateur.data.ImageSet;
import io.secateur.nn.FeatureShape;
import io.secateur.run.RandomOrder;
import io.secateur.train.Batch;
import io.secateur.train.BatchSource;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/**
 * Training images of which some were changed once and for all, before training: augmentation crops
 * and mirrors what was put on with its image, as in the sources. Only those that were changed are
 * held beside the clean ones.
 */
final class PoisonedSet implements BatchSource {
  private static final int BATCH = 500;

  private final ImageSet clean;

  /** Position among the changed ones of each image, −1 for those that stay as they are. */
  private final int[] position;

  private final byte[] changed;
  private final int[] labels;

  /**
   * The images of {@code clean}, of which those at {@code chosen} are others and bear other labels.
   *
   * @param changed pixels of the chosen images, in their order, see {@link #changed}
   * @param labels of the chosen images, in their order
   */
  PoisonedSet(ImageSet clean, int[] chosen, byte[] changed, int[] labels) {
    this.clean = clean;
    this.changed = changed;
    this.labels = labels;
    this.position = new int[clean.size()];
    Arrays.fill(position, -1);
    for (int k = 0; k < chosen.length; k++) {
      position[chosen[k]] = k;
    }
  }

  @Override
  public int size() {
    return clean.size();
  }

  @Override
  public FeatureShape shape() {
    return clean.shape();
  }

  @Override
  public Batch load(int[] indices, RandomGenerator random) {
    float[] images = clean.floats(indices);
    int[] given = clean.labels(indices);
    int size = shape().size();
    for (int i = 0; i < indices.length; i++) {
      int k = position[indices[i]];
      if (k >= 0) {
        given[i] = labels[k];
        for (int j = 0; j < size; j++) {
          images[i * size + j] = (changed[k * size + j] & 0xFF) / 255f;
        }
      }
    }
    return new Batch(images, given);
  }

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
}
