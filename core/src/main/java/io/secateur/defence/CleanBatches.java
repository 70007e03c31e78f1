package io.secateur.defence;

import io.secateur.data.Augmentation;
import io.secateur.data.ImageSet;
import io.secateur.engine.Tensor;
import io.secateur.nn.FeatureShape;
import io.secateur.run.RandomOrder;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Augmented batches of clean images for what treatments do beside training all weights. */
final class CleanBatches {
  private final ImageSet images;
  private final Augmentation augmentation;
  private final int size;

  CleanBatches(ImageSet images, Augmentation augmentation, int size) {
    this.images = images;
    this.augmentation = augmentation;
    this.size = size;
  }

  /**
   * Images with their labels, in the scope that was open.
   *
   * @param images [N, C, H, W] in [0, 1]
   * @param labels [N]
   */
  record Labelled(Tensor images, Tensor labels) {}

  /** Positions of as many images as a batch has, each drawn from all. */
  int[] withReplacement(RandomGenerator random) {
    return random.ints(size, 0, images.size()).toArray();
  }

  /** Positions of all images in random order, as batches; the last may be smaller. */
  int[][] epoch(RandomGenerator random) {
    int[] order = images.indices();
    RandomOrder.shuffle(order, random);
    int[][] batches = new int[(order.length + size - 1) / size][];
    for (int b = 0; b < batches.length; b++) {
      batches[b] = Arrays.copyOfRange(order, b * size, Math.min(order.length, (b + 1) * size));
    }
    return batches;
  }

  /** The images at {@code indices}, augmented. */
  Labelled load(int[] indices, RandomGenerator random) {
    FeatureShape shape = images.shape();
    float[] pixels = augmentation.apply(images.floats(indices), shape, random);
    return new Labelled(
        Tensor.of(pixels, shape.batch(indices.length)), Tensor.of(images.labels(indices)));
  }
}
