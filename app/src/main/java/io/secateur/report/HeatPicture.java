package io.secateur.report;

import io.secateur.nn.FeatureShape;

/** An image in grey, warmer where a map says more. */
public final class HeatPicture {
  private static final float[] WARM = {1f, 0.36f, 0.05f};
  private static final float STRENGTH = 0.8f;

  private HeatPicture() {}

  /**
   * A PNG.
   *
   * @param image [C, H, W] in [0, 1]
   * @param map [H · W] in [0, 1]
   */
  public static byte[] of(FeatureShape shape, float[] image, float[] map) {
    int plane = shape.height() * shape.width();
    float[] shown = new float[3 * plane];
    for (int p = 0; p < plane; p++) {
      float grey = 0;
      for (int c = 0; c < shape.channels(); c++) {
        grey += image[c * plane + p] / shape.channels();
      }
      float heat = STRENGTH * map[p];
      for (int c = 0; c < 3; c++) {
        shown[c * plane + p] = (1 - heat) * (0.15f + 0.7f * grey) + heat * WARM[c];
      }
    }
    return TriggerPicture.image(new FeatureShape(3, shape.height(), shape.width()), shown);
  }
}
