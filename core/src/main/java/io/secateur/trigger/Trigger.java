package io.secateur.trigger;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import java.util.Arrays;
import java.util.Locale;

/**
 * A change to images that makes a network answer one label. Plain values: it survives JSON, and
 * needs a scope only while it is applied. Arrays are row-major and copied on the way in and out.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Trigger.Patch.class, name = "patch"),
  @JsonSubTypes.Type(value = Trigger.Additive.class, name = "additive"),
  @JsonSubTypes.Type(value = Trigger.Warp.class, name = "warp")
})
public sealed interface Trigger {

  /** Rows of the images it fits. */
  int height();

  /** Columns of the images it fits. */
  int width();

  /** What people call it: patch, addition or warp. */
  String called();

  /** Images [N, C, H, W] in [0, 1] with the trigger on, in [0, 1]. */
  Tensor apply(Tensor images);

  /**
   * Size: of a patch the sum of its mask, in pixels; of an addition its Euclidean length; of a warp
   * the root mean square of how far it moves, in pixels.
   */
  double norm();

  /**
   * Blends a pattern in through a mask that all channels share: x' = (1 − m) x + m p.
   *
   * @param mask m [H, W] in [0, 1]
   * @param pattern p [C, H, W] in [0, 1]
   */
  record Patch(float[] mask, float[] pattern, int height, int width) implements Trigger {
    /** Checks extents and ranges. */
    public Patch {
      mask = checked("mask", mask, 0, 1);
      pattern = checked("pattern", pattern, 0, 1);
      int pixels = pixels(height, width);
      if (mask.length != pixels || pattern.length == 0 || pattern.length % pixels != 0) {
        throw new IllegalArgumentException(
            String.format(
                "a patch of %d x %d needs a mask of %d values and a pattern of whole planes of as"
                    + " many, got %d and %d",
                height, width, pixels, mask.length, pattern.length));
      }
    }

    @Override
    public String called() {
      return "patch";
    }

    /** The mask, as the record says; a copy. */
    @Override
    public float[] mask() {
      return mask.clone();
    }

    /** The pattern, as the record says; a copy. */
    @Override
    public float[] pattern() {
      return pattern.clone();
    }

    @Override
    public Tensor apply(Tensor images) {
      Tensor m = Tensor.of(mask, 1, 1, height, width);
      Tensor p = Tensor.of(pattern, 1, pattern.length / mask.length, height, width);
      return blended(images, m, p);
    }

    /**
     * (1 − m) x + m p.
     *
     * @param images x [N, C, H, W]
     * @param mask m [1, 1, H, W]
     * @param pattern p [1, C, H, W]
     */
    static Tensor blended(Tensor images, Tensor mask, Tensor pattern) {
      return images.mul(mask.neg().add(1)).add(pattern.mul(mask));
    }

    @Override
    public double norm() {
      double sum = 0;
      for (float value : mask) {
        sum += value;
      }
      return sum;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Patch that
          && height == that.height
          && width == that.width
          && Arrays.equals(mask, that.mask)
          && Arrays.equals(pattern, that.pattern);
    }

    @Override
    public int hashCode() {
      return 31 * (31 * Arrays.hashCode(mask) + Arrays.hashCode(pattern)) + 31 * height + width;
    }

    @Override
    public String toString() {
      return String.format(Locale.ROOT, "Patch[%d x %d, norm %.2f]", height, width, norm());
    }
  }

  /**
   * Adds the same values to every image: x' = clip(x + d, 0, 1).
   *
   * @param delta d [C, H, W] in [−1, 1]
   */
  record Additive(float[] delta, int height, int width) implements Trigger {
    /** Checks extents and ranges. */
    public Additive {
      delta = checked("delta", delta, -1, 1);
      int pixels = pixels(height, width);
      if (delta.length == 0 || delta.length % pixels != 0) {
        throw new IllegalArgumentException(
            String.format(
                "an addition of %d x %d needs whole planes of %d values, got %d",
                height, width, pixels, delta.length));
      }
    }

    @Override
    public String called() {
      return "addition";
    }

    /** What is added, as the record says; a copy. */
    @Override
    public float[] delta() {
      return delta.clone();
    }

    @Override
    public Tensor apply(Tensor images) {
      Tensor d = Tensor.of(delta, 1, delta.length / (height * width), height, width);
      return images.add(d).clamp(0, 1);
    }

    @Override
    public double norm() {
      double sum = 0;
      for (float value : delta) {
        sum += (double) value * value;
      }
      return Math.sqrt(sum);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Additive that
          && height == that.height
          && width == that.width
          && Arrays.equals(delta, that.delta);
    }

    @Override
    public int hashCode() {
      return 31 * (31 * Arrays.hashCode(delta) + height) + width;
    }

    @Override
    public String toString() {
      return String.format(Locale.ROOT, "Additive[%d x %d, norm %.3f]", height, width, norm());
    }
  }

  /**
   * Takes every pixel from beside its place: x'(p) = x(p + f(p)), read bilinearly, the border's
   * values outside. The field f is the control grid enlarged by bicubic interpolation, corners
   * aligned.
   *
   * @param control displacements [2, k, k] in pixels, along x and then along y, k at least 2
   */
  record Warp(float[] control, int height, int width) implements Trigger {
    /** Checks extents and that all values are finite. */
    public Warp {
      pixels(height, width);
      control = checked("control", control, -MOST_MOVED, MOST_MOVED);
      int k = side(control);
      if (k < 2 || control.length != 2 * k * k) {
        throw new IllegalArgumentException(
            control.length + " values are no control grid [2, k, k] of k at least 2");
      }
    }

    private static final float MOST_MOVED = 1e4f;

    private static int side(float[] control) {
      return (int) Math.round(Math.sqrt(control.length / 2.0));
    }

    @Override
    public String called() {
      return "warp";
    }

    /** The control points, as the record says; a copy. */
    @Override
    public float[] control() {
      return control.clone();
    }

    /** f [2, H, W] in pixels. */
    public float[] field() {
      return Scope.value(() -> enlarged().pixels().toFloats());
    }

    @Override
    public Tensor apply(Tensor images) {
      return enlarged().sample(images);
    }

    @Override
    public double norm() {
      return Scope.value(() -> enlarged().size());
    }

    private WarpField enlarged() {
      int k = side(control);
      return WarpField.of(Tensor.of(control, 1, 2, k, k), height, width);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Warp that
          && height == that.height
          && width == that.width
          && Arrays.equals(control, that.control);
    }

    @Override
    public int hashCode() {
      return 31 * (31 * Arrays.hashCode(control) + height) + width;
    }

    @Override
    public String toString() {
      return String.format(Locale.ROOT, "Warp[%d x %d, norm %.3f]", height, width, norm());
    }
  }

  private static int pixels(int height, int width) {
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException("a trigger of " + height + " x " + width + " pixels");
    }
    return Math.multiplyExact(height, width);
  }

  private static float[] checked(String name, float[] values, float low, float high) {
    for (float value : values) {
      if (!(value >= low && value <= high)) {
        throw new IllegalArgumentException(
            name + " must be within [" + low + ", " + high + "], got " + value);
      }
    }
    return values.clone();
  }
}
