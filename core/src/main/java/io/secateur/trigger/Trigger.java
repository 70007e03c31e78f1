package io.secateur.trigger;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.nn.Hooks;
import io.secateur.nn.Interpreter;
import io.secateur.nn.Network;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A change to images, or to what a network makes of them, that has it answer one label. Plain
 * values: it survives JSON, and needs a scope only while it is applied. Arrays are row-major and
 * copied on the way in and out.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Trigger.Patch.class, name = "patch"),
  @JsonSubTypes.Type(value = Trigger.Additive.class, name = "additive"),
  @JsonSubTypes.Type(value = Trigger.Warp.class, name = "warp"),
  @JsonSubTypes.Type(value = Trigger.Shift.class, name = "shift")
})
public sealed interface Trigger {

  /** Rows of the images it fits. */
  int height();

  /** Columns of the images it fits. */
  int width();

  /** What people call it: patch, addition, warp or shift. */
  String called();

  /** Images [N, C, H, W] in [0, 1] with the trigger on, in [0, 1]. */
  Tensor apply(Tensor images);

  /** Whether it changes images: only then it can be looked at, and put on images to be learnt. */
  default boolean visible() {
    return true;
  }

  /**
   * What it adds inside {@code network}, see {@link io.secateur.nn.Hooks#additions}; the tensors
   * belong to the current scope.
   */
  default Map<String, Tensor> additions(Network network) {
    return Map.of();
  }

  /** Logits [N, K] of {@code interpreter} for images [N, C, H, W] in [0, 1] with the trigger on. */
  default Tensor logits(Interpreter interpreter, Tensor images) {
    return logits(interpreter, images, Hooks.NONE);
  }

  /** The same under {@code hooks} that add nothing themselves. */
  default Tensor logits(Interpreter interpreter, Tensor images, Hooks hooks) {
    return interpreter.forward(
        apply(images), hooks.withAdditions(additions(interpreter.network())));
  }

  /**
   * Size: of a patch the sum of its mask, in pixels; of an addition its Euclidean length; of a warp
   * the root mean square of how far it moves, in pixels; of a shift the root mean square over
   * channels, each in units of its own scale.
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
                Locale.ROOT,
                "a patch of %d x %d needs a mask of %d values and a pattern of whole planes of as"
                    + " many, got %d and %d",
                height,
                width,
                pixels,
                mask.length,
                pattern.length));
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
                Locale.ROOT,
                "an addition of %d x %d needs whole planes of %d values, got %d",
                height,
                width,
                pixels,
                delta.length));
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

  /**
   * Raises channels inside the network, all positions of all images alike: z_c ← z_c + θ_c |γ_c|, z
   * the output of a batch norm and γ its scale in the network that the trigger is used on. Images
   * stay as they are. A pruned channel has no scale, and so cannot be raised.
   *
   * @param raises θ of every channel, by batch norm
   * @param height rows of the images that the network reads
   * @param width columns of them
   */
  record Shift(Map<String, float[]> raises, int height, int width) implements Trigger {
    /** Checks extents and that all values are finite. */
    public Shift {
      pixels(height, width);
      Map<String, float[]> copy = new TreeMap<>();
      raises.forEach((norm, raise) -> copy.put(norm, checked(norm, raise, -MOST, MOST)));
      raises = Collections.unmodifiableMap(copy);
      if (raises.values().stream().allMatch(raise -> raise.length == 0)) {
        throw new IllegalArgumentException("a shift of no channels");
      }
    }

    private static final float MOST = 1e4f;

    @Override
    public String called() {
      return "shift";
    }

    /** The raises, as the record says; copies. */
    @Override
    public Map<String, float[]> raises() {
      Map<String, float[]> copy = new TreeMap<>();
      raises.forEach((norm, raise) -> copy.put(norm, raise.clone()));
      return copy;
    }

    @Override
    public boolean visible() {
      return false;
    }

    /** The same images. */
    @Override
    public Tensor apply(Tensor images) {
      return images;
    }

    @Override
    public Map<String, Tensor> additions(Network network) {
      Map<String, Tensor> additions = new LinkedHashMap<>();
      raises.forEach(
          (norm, raise) -> {
            Tensor scale = scale(network, norm);
            additions.put(norm, Tensor.of(raise, raise.length).mul(scale));
          });
      return additions;
    }

    /** |γ| [C] of a batch norm. */
    static Tensor scale(Network network, String norm) {
      float[] gamma = network.weights().get(norm + ".weight").floats();
      return Tensor.of(gamma, gamma.length).abs();
    }

    @Override
    public double norm() {
      double sum = 0;
      int channels = 0;
      for (float[] raise : raises.values()) {
        channels += raise.length;
        for (float value : raise) {
          sum += (double) value * value;
        }
      }
      return Math.sqrt(sum / channels);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Shift that
          && height == that.height
          && width == that.width
          && raises.keySet().equals(that.raises.keySet())
          && raises.keySet().stream()
              .allMatch(norm -> Arrays.equals(raises.get(norm), that.raises.get(norm)));
    }

    @Override
    public int hashCode() {
      int hash = 31 * height + width;
      for (Map.Entry<String, float[]> each : raises.entrySet()) {
        hash = 31 * hash + (each.getKey().hashCode() ^ Arrays.hashCode(each.getValue()));
      }
      return hash;
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT, "Shift[of channels of %s, norm %.3f]", raises.keySet(), norm());
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
