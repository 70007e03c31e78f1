package io.secateur.train;

import io.secateur.data.ImageSet;
import io.secateur.nn.FeatureShape;
import java.util.random.RandomGenerator;

/**
 * Where the loop gets its images. Each batch is loaded, augmented and finished: what {@link #load}
 * does to an image is cropped and mirrored with it, what {@link #finish} does is not.
 */
public interface BatchSource {
  /** Number of images in an epoch. */
  int size();

  /** Shape of one image. */
  FeatureShape shape();

  /**
   * Images and labels.
   *
   * @param indices in 0 … size − 1
   * @param random drawn from only here and in {@link #finish}
   */
  Batch load(int[] indices, RandomGenerator random);

  /** Changes a batch after augmentation; leaves it as it is unless overridden. */
  default Batch finish(Batch augmented, int[] indices, RandomGenerator random) {
    return augmented;
  }

  /** The images of a set as they are. */
  static BatchSource of(ImageSet set) {
    return new BatchSource() {
      @Override
      public int size() {
        return set.size();
      }

      @Override
      public FeatureShape shape() {
        return set.shape();
      }

      @Override
      public Batch load(int[] indices, RandomGenerator random) {
        return new Batch(set.floats(indices), set.labels(indices));
      }
    };
  }
}
