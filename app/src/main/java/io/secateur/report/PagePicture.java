package io.secateur.report;

import io.secateur.nn.FeatureShape;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import javax.imageio.ImageIO;

/** Pictures as a page carries them: PNG in Base64, small. */
public final class PagePicture {
  private static final int LONGEST_SIDE = 112;

  private PagePicture() {}

  /** Pixels of the picture of an image of {@code shape}. */
  public static int pixels(FeatureShape shape) {
    int step = step(shape.width(), shape.height());
    return (shape.width() / step) * (shape.height() / step);
  }

  /** A PNG, in Base64; squares of pixels become one pixel, their mean, where it is large. */
  public static String of(byte[] png) {
    try {
      BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
      int step = step(image.getWidth(), image.getHeight());
      byte[] small = step == 1 ? png : TriggerPicture.png(shrunk(image, step));
      return Base64.getEncoder().encodeToString(small);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int step(int width, int height) {
    return Math.max(1, (Math.max(width, height) + LONGEST_SIDE - 1) / LONGEST_SIDE);
  }

  private static BufferedImage shrunk(BufferedImage image, int step) {
    int width = Math.max(1, image.getWidth() / step);
    int height = Math.max(1, image.getHeight() / step);
    BufferedImage small = new BufferedImage(width, height, image.getType());
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        small.setRGB(x, y, mean(image, x * step, y * step, step));
      }
    }
    return small;
  }

  private static int mean(BufferedImage image, int left, int top, int step) {
    int bottom = Math.min(top + step, image.getHeight());
    int right = Math.min(left + step, image.getWidth());
    int[] sums = new int[4];
    for (int y = top; y < bottom; y++) {
      for (int x = left; x < right; x++) {
        for (int part = 0; part < 4; part++) {
          sums[part] += image.getRGB(x, y) >>> (8 * part) & 0xFF;
        }
      }
    }
    int count = (bottom - top) * (right - left);
    int mean = 0;
    for (int part = 0; part < 4; part++) {
      mean |= (sums[part] + count / 2) / count << (8 * part);
    }
    return mean;
  }
}
