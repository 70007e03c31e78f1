package io.secateur.metric;

import io.secateur.nn.FeatureShape;
import java.util.Arrays;

/**
 * A trigger that is mixed with the whole image: x' = (1 − α) x + α t/255, with an image t of
 * unsigned bytes [C, H, W]. Immutable.
 */
public final class Blend implements TrueTrigger {
  private final FeatureShape shape;
  private final byte[] image;
  private final double alpha;

  /**
   * A blend.
   *
   * @param image [C, H, W]
   * @param alpha its weight, in (0, 1]
   */
  public Blend(FeatureShape shape, byte[] image, double alpha) {
    if (!(alpha > 0 && alpha <= 1)) {
      throw new IllegalArgumentException("alpha " + alpha + " is not in (0, 1]");
    }
    this.shape = shape;
    this.image = TrueTrigger.copy(image, shape);
    this.alpha = alpha;
  }

  @Override
  public String kind() {
    return "blend";
  }

  @Override
  public FeatureShape shape() {
    return shape;
  }

  /** Its pixels [C, H, W], a copy. */
  public byte[] image() {
    return image.clone();
  }

  /** Its weight. */
  public double alpha() {
    return alpha;
  }

  @Override
  public float[] on(float[] images) {
    TrueTrigger.check(images, shape);
    float[] triggered = new float[images.length];
    for (int i = 0; i < images.length; i++) {
      float t = (image[i % image.length] & 0xFF) / 255f;
      triggered[i] = (float) ((1 - alpha) * images[i] + alpha * t);
    }
    return triggered;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Blend that
        && shape.equals(that.shape)
        && alpha == that.alpha
        && Arrays.equals(image, that.image);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(image) + Double.hashCode(alpha);
  }

  @Override
  public String toString() {
    return "blend on " + shape;
  }
}
