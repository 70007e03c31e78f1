package io.secateur.defence;

import io.secateur.data.ImageSet;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.nn.FeatureShape;
import io.secateur.train.Batch;
import io.secateur.train.BatchSource;
import io.secateur.trigger.Trigger;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Images as they are, and others that carry each of some triggers in turn; all with their true
 * labels. Triggers are put on after augmentation, so they are neither cropped nor mirrored.
 */
final class StampedImages implements BatchSource {
  private final ImageSet plain;
  private final ImageSet stamped;
  private final List<Trigger> triggers;

  StampedImages(ImageSet plain, ImageSet stamped, List<Trigger> triggers) {
    this.plain = plain;
    this.stamped = stamped;
    this.triggers = List.copyOf(triggers);
  }

  @Override
  public int size() {
    return plain.size() + stamped.size() * triggers.size();
  }

  @Override
  public FeatureShape shape() {
    return stamped.shape();
  }

  @Override
  public Batch load(int[] indices, RandomGenerator random) {
    int size = shape().size();
    float[] pixels = new float[indices.length * size];
    int[] labels = new int[indices.length];
    for (int i = 0; i < indices.length; i++) {
      int beyond = indices[i] - plain.size();
      ImageSet set = beyond < 0 ? plain : stamped;
      int image = beyond < 0 ? indices[i] : beyond % stamped.size();
      System.arraycopy(set.floats(new int[] {image}), 0, pixels, i * size, size);
      labels[i] = set.label(image);
    }
    return new Batch(pixels, labels);
  }

  @Override
  public Batch finish(Batch augmented, int[] indices, RandomGenerator random) {
    float[] pixels = augmented.images().clone();
    for (int i = 0; i < indices.length; i++) {
      int beyond = indices[i] - plain.size();
      if (beyond >= 0) {
        stamp(pixels, i, triggers.get(beyond / stamped.size()), shape());
      }
    }
    return new Batch(pixels, augmented.labels());
  }

  /** Puts a trigger on one image of several [N, C, H, W]. */
  static void stamp(float[] pixels, int image, Trigger trigger, FeatureShape shape) {
    int size = shape.size();
    float[] clean = Arrays.copyOfRange(pixels, image * size, (image + 1) * size);
    float[] triggered =
        Scope.value(
            () ->
                trigger
                    .apply(Tensor.of(clean, 1, shape.channels(), shape.height(), shape.width()))
                    .toFloats());
    System.arraycopy(triggered, 0, pixels, image * size, size);
  }
}
