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
import java.util.OptionalInt;
import java.util.random.RandomGenerator;

/**
 * Images as they are, and others that carry each of some triggers in turn, with their true labels
 * or with one that the triggers are to lead to. Triggers are put on after augmentation, so they are
 * neither cropped nor mirrored.
 */
final class StampedImages implements BatchSource {
  private final ImageSet plain;
  private final ImageSet stamped;
  private final List<Trigger> triggers;
  private final OptionalInt label;

  private StampedImages(
      ImageSet plain, ImageSet stamped, List<Trigger> triggers, OptionalInt label) {
    this.plain = plain;
    this.stamped = stamped;
    this.triggers = List.copyOf(triggers);
    this.label = label;
  }

  /** Images whose triggers say nothing of their label. */
  static StampedImages unlearning(ImageSet plain, ImageSet stamped, List<Trigger> triggers) {
    return new StampedImages(plain, stamped, triggers, OptionalInt.empty());
  }

  /** Images of which those with the trigger are all called {@code label}. */
  static StampedImages teaching(ImageSet plain, ImageSet stamped, Trigger trigger, int label) {
    return new StampedImages(plain, stamped, List.of(trigger), OptionalInt.of(label));
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
      labels[i] = beyond < 0 ? set.label(image) : label.orElse(set.label(image));
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
        Scope.value(() -> trigger.apply(Tensor.of(clean, shape.batch(1))).toFloats());
    System.arraycopy(triggered, 0, pixels, image * size, size);
  }
}
