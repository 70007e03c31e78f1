package io.secateur.metric;

import io.secateur.nn.FeatureShape;
import java.util.Arrays;

/**
 * A trigger that replaces the pixels under its mask: x' = (1 − m) x + m t/255, with an image t of
 * unsigned bytes [C, H, W] and a mask m in [0, 1] per pixel, shared by the channels. Immutable.
 */
public final class Stamp implements TrueTrigger {
  private final FeatureShape shape;
  private final byte[] image;
  private final byte[] mask;

  /**
   * A stamp.
   *
   * @param image [C, H, W]
   * @param mask [H, W], 255 where the image is replaced
   */
  public Stamp(FeatureShape shape, byte[] image, byte[] mask) {
    this.shape = shape;
    this.image = TrueTrigger.copy(image, shape);
    if (mask.length != shape.height() * shape.width()) {
      throw new IllegalArgumentException(mask.length + " bytes are no mask for " + shape);
    }
    this.mask = mask.clone();
  }

  @Override
  public String kind() {
    return "stamp";
  }

  @Override
  public FeatureShape shape() {
    return shape;
  }

  /** Its pixels [C, H, W], a copy. */
  public byte[] image() {
    return image.clone();
  }

  /** Its mask [H, W], a copy. */
  public byte[] mask() {
    return mask.clone();
  }

  @Override
  public float[] on(float[] images) {
    TrueTrigger.check(images, shape);
    float[] triggered = images.clone();
    for (int i = 0; i < images.length; i++) {
      int m = mask[i % mask.length] & 0xFF;
      if (m > 0) {
        float t = (image[i % image.length] & 0xFF) / 255f;
        triggered[i] = m == 255 ? t : ((255 - m) * images[i] + m * t) / 255f;
      }
    }
    return triggered;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Stamp that
        && shape.equals(that.shape)
        && Arrays.equals(image, that.image)
        && Arrays.equals(mask, that.mask);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(image) + Arrays.hashCode(mask);
  }

  @Override
  public String toString() {
    return "stamp on " + shape;
  }
}
