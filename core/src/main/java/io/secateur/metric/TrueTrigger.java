package io.secateur.metric;

import io.secateur.nn.FeatureShape;
import java.util.Arrays;
import java.util.Locale;

/**
 * The attacker's trigger t, an image of unsigned bytes [C, H, W], put on images x in [0, 1]:
 *
 * <ul>
 *   <li>stamp: x' = (1 − m) x + m t/255 with a mask m in [0, 1] per pixel, shared by the channels
 *   <li>add: x' = clip(x + t/255, 0, 1)
 *   <li>blend: x' = (1 − α) x + α t/255
 * </ul>
 *
 * <p>Immutable.
 */
public final class TrueTrigger {
  /** How the trigger gets into an image. */
  public enum Kind {
    /** Replaces the pixels under its mask. */
    STAMP,
    /** Is added, and the sum is clipped. */
    ADD,
    /** Is mixed with the whole image. */
    BLEND;

    /** Name as in ground-truth files. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Kind kind;
  private final FeatureShape shape;
  private final byte[] image;
  private final byte[] mask;
  private final double alpha;

  private TrueTrigger(Kind kind, FeatureShape shape, byte[] image, byte[] mask, double alpha) {
    if (image.length != shape.size()) {
      throw new IllegalArgumentException(image.length + " bytes are no image of " + shape);
    }
    this.kind = kind;
    this.shape = shape;
    this.image = image.clone();
    this.mask = mask.clone();
    this.alpha = alpha;
  }

  /**
   * A stamp.
   *
   * @param image [C, H, W]
   * @param mask [H, W], 255 where the image is replaced
   */
  public static TrueTrigger stamp(FeatureShape shape, byte[] image, byte[] mask) {
    if (mask.length != shape.height() * shape.width()) {
      throw new IllegalArgumentException(mask.length + " bytes are no mask for " + shape);
    }
    return new TrueTrigger(Kind.STAMP, shape, image, mask, 1);
  }

  /** An added image [C, H, W]. */
  public static TrueTrigger add(FeatureShape shape, byte[] image) {
    return new TrueTrigger(Kind.ADD, shape, image, new byte[0], 1);
  }

  /** An image [C, H, W] mixed in with weight {@code alpha} in (0, 1]. */
  public static TrueTrigger blend(FeatureShape shape, byte[] image, double alpha) {
    if (!(alpha > 0 && alpha <= 1)) {
      throw new IllegalArgumentException("alpha " + alpha + " is not in (0, 1]");
    }
    return new TrueTrigger(Kind.BLEND, shape, image, new byte[0], alpha);
  }

  /** How it gets into an image. */
  public Kind kind() {
    return kind;
  }

  /** Shape of the images that it goes on. */
  public FeatureShape shape() {
    return shape;
  }

  /** Its pixels [C, H, W], a copy. */
  public byte[] image() {
    return image.clone();
  }

  /** Its mask [H, W], a copy; empty unless it is a stamp. */
  public byte[] mask() {
    return mask.clone();
  }

  /** Weight of a blend; 1 otherwise. */
  public double alpha() {
    return alpha;
  }

  /** Triggered copies of images [N, C, H, W] in [0, 1]. */
  public float[] on(float[] images) {
    if (images.length % shape.size() != 0) {
      throw new IllegalArgumentException(images.length + " values are no images of " + shape);
    }
    float[] triggered = new float[images.length];
    for (int i = 0; i < images.length; i++) {
      triggered[i] = on(images[i], i % shape.size());
    }
    return triggered;
  }

  private float on(float x, int position) {
    float t = (image[position] & 0xFF) / 255f;
    return switch (kind) {
      case STAMP -> {
        int m = mask[position % mask.length] & 0xFF;
        yield m == 0 ? x : m == 255 ? t : ((255 - m) * x + m * t) / 255f;
      }
      case ADD -> Math.min(1f, Math.max(0f, x + t));
      case BLEND -> (float) ((1 - alpha) * x + alpha * t);
    };
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TrueTrigger that
        && kind == that.kind
        && shape.equals(that.shape)
        && alpha == that.alpha
        && Arrays.equals(image, that.image)
        && Arrays.equals(mask, that.mask);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(image) + Arrays.hashCode(mask);
  }

  @Override
  public String toString() {
    return kind.label() + " on " + shape;
  }
}
