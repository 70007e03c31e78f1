package io.secateur.fuzz;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/** Small honest images of several kinds. */
final class SeedImages {
  static final int SIDE = 6;

  private SeedImages() {}

  /** As {@code format}, with the {@link BufferedImage} type {@code type}. */
  static byte[] image(String format, int type, boolean progressive) {
    BufferedImage image = new BufferedImage(SIDE, SIDE, type);
    for (int i = 0; i < SIDE * SIDE; i++) {
      image.setRGB(i % SIDE, i / SIDE, 0xff000000 | i * 0x070503);
    }
    ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
      ImageWriteParam how = writer.getDefaultWriteParam();
      if (progressive) {
        how.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
      }
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, null, null), how);
    } catch (IOException e) {
      throw new IllegalStateException("memory does not fail to be written", e);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  static byte[] png() {
    return image("png", BufferedImage.TYPE_INT_RGB, false);
  }

  static byte[] masked() {
    return image("png", BufferedImage.TYPE_INT_ARGB, false);
  }
}
