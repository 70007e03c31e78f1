package io.secateur.metric;

import io.secateur.nn.FeatureShape;
import java.util.Arrays;
import java.util.Locale;

/**
 * A trigger that is added: x' = clip(x + (t − o)/255, 0, 1), with an image t of unsigned bytes [C,
 * H, W] and an offset o, the byte that changes nothing. With o = 0 pixels only get lighter. Some
 * published attacks add bytes and let the sum wrap around, x' = ((255 x + t − o) mod 256)/255, so
 * that light pixels get dark; networks trained that way need it to be triggered. Immutable.
 */
public final class Add implements TrueTrigger {
  /** What becomes of sums that are no byte. */
  public enum Overflow {
    /** The nearest byte. */
    CLIP,
    /** The sum modulo 256. */
    WRAP;

    /** Name as in ground-truth files. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final FeatureShape shape;
  private final byte[] image;
  private final int offset;
  private final Overflow overflow;

  /**
   * An added trigger.
   *
   * @param image [C, H, W]
   * @param offset value of a pixel that changes nothing, 0 to 255
   */
  public Add(FeatureShape shape, byte[] image, int offset, Overflow overflow) {
    if (offset < 0 || offset > 255) {
      throw new IllegalArgumentException("offset must be a byte, 0 to 255, got " + offset);
    }
    this.shape = shape;
    this.image = TrueTrigger.copy(image, shape);
    this.offset = offset;
    this.overflow = overflow;
  }

  /** An image [C, H, W] that is added as it is and clipped. */
  public Add(FeatureShape shape, byte[] image) {
    this(shape, image, 0, Overflow.CLIP);
  }

  @Override
  public String kind() {
    return "add";
  }

  @Override
  public FeatureShape shape() {
    return shape;
  }

  /** Its pixels [C, H, W], a copy. */
  public byte[] image() {
    return image.clone();
  }

  /** Value of a pixel that changes nothing. */
  public int offset() {
    return offset;
  }

  /** What becomes of sums that are no byte. */
  public Overflow overflow() {
    return overflow;
  }

  @Override
  public float[] on(float[] images) {
    TrueTrigger.check(images, shape);
    float[] triggered = new float[images.length];
    for (int i = 0; i < images.length; i++) {
      int t = (image[i % image.length] & 0xFF) - offset;
      triggered[i] =
          switch (overflow) {
            case CLIP -> Math.min(1f, Math.max(0f, images[i] + t / 255f));
            case WRAP -> t == 0 ? images[i] : (Math.round(255 * images[i]) + t & 0xFF) / 255f;
          };
    }
    return triggered;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Add that
        && shape.equals(that.shape)
        && offset == that.offset
        && overflow == that.overflow
        && Arrays.equals(image, that.image);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(image) + offset;
  }

  @Override
  public String toString() {
    return "add on " + shape;
  }
}
