package io.secateur.report;

import io.secateur.data.ImageSet;
import io.secateur.metric.GroundTruth;
import io.secateur.nn.FeatureShape;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import javax.imageio.ImageIO;

/**
 * What an attack looks like, as PNG: a few images in three rows, clean, triggered, and what the
 * trigger changes, five times enlarged around mid grey; each pixel drawn as a square of three.
 */
public final class ContactSheet {
  private static final int COLUMNS = 8;
  private static final int ZOOM = 3;
  private static final int GAP = 2;
  private static final int WHITE = 0xFFFFFF;
  private static final float GAIN = 5;

  private ContactSheet() {}

  /**
   * The sheet of the first eight images that attack success is measured on, or as many as there
   * are.
   *
   * @throws IllegalArgumentException if there is none, or the trigger is for other images
   */
  public static byte[] of(ImageSet images, GroundTruth truth) {
    int[] victims = truth.target().victims(images);
    int[] shown = Arrays.copyOf(victims, Math.min(COLUMNS, victims.length));
    FeatureShape shape = images.shape();
    if (shown.length == 0 || !truth.trigger().shape().equals(shape)) {
      throw new IllegalArgumentException(
          "nothing of " + images + " to show a " + truth.trigger() + " on");
    }
    float[] clean = images.floats(shown);
    float[] triggered = truth.trigger().on(clean);
    float[] difference = new float[clean.length];
    for (int i = 0; i < clean.length; i++) {
      difference[i] = 0.5f + GAIN * (triggered[i] - clean[i]);
    }
    float[][] rows = {clean, triggered, difference};
    int width = GAP + shown.length * (ZOOM * shape.width() + GAP);
    int height = GAP + rows.length * (ZOOM * shape.height() + GAP);
    BufferedImage sheet = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        sheet.setRGB(x, y, WHITE);
      }
    }
    for (int row = 0; row < rows.length; row++) {
      for (int column = 0; column < shown.length; column++) {
        int left = GAP + column * (ZOOM * shape.width() + GAP);
        int top = GAP + row * (ZOOM * shape.height() + GAP);
        draw(sheet, left, top, shape, rows[row], column * shape.size());
      }
    }
    return png(sheet);
  }

  /** Draws the image [C, H, W] that begins at {@code from}. */
  private static void draw(
      BufferedImage sheet, int left, int top, FeatureShape shape, float[] images, int from) {
    int plane = shape.height() * shape.width();
    for (int y = 0; y < ZOOM * shape.height(); y++) {
      for (int x = 0; x < ZOOM * shape.width(); x++) {
        int position = from + y / ZOOM * shape.width() + x / ZOOM;
        int rgb = 0;
        for (int c = 0; c < 3; c++) {
          float value = images[position + Math.min(c, shape.channels() - 1) * plane];
          rgb = rgb << 8 | Math.round(255 * Math.max(0, Math.min(1, value)));
        }
        sheet.setRGB(left + x, top + y, rgb);
      }
    }
  }

  private static byte[] png(BufferedImage image) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
