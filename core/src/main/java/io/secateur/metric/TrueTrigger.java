package io.secateur.metric;

import io.secateur.nn.FeatureShape;

/**
 * What the attacker does to an image so that it is taken for the target. Immutable; the same images
 * always come out the same, so that a stored trigger gives the attacker's test set again.
 */
public sealed interface TrueTrigger permits Stamp, Add, Blend, Warp, Generator {
  /** Name of its kind, as in ground-truth files. */
  String kind();

  /** Shape of the images that it goes on. */
  FeatureShape shape();

  /**
   * Triggered copies of images.
   *
   * @param images [N, C, H, W] in [0, 1], row-major; not changed
   * @return [N, C, H, W] in [0, 1]
   * @throws IllegalArgumentException if the values are no whole number of images of {@link #shape}
   */
  float[] on(float[] images);

  /** Refuses values that are no whole number of images of {@code shape}. */
  static void check(float[] images, FeatureShape shape) {
    if (images.length % shape.size() != 0) {
      throw new IllegalArgumentException(images.length + " values are no images of " + shape);
    }
  }

  /** A copy of the bytes of one image [C, H, W], refused unless they are as many as it has. */
  static byte[] copy(byte[] image, FeatureShape shape) {
    if (image.length != shape.size()) {
      throw new IllegalArgumentException(image.length + " bytes are no image of " + shape);
    }
    return image.clone();
  }
}
