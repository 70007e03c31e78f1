package io.secateur.bench;

import io.secateur.data.BadData;
import io.secateur.nn.FeatureShape;
import io.secateur.text.Reason;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/** The PNG of a trigger as planes of bytes, and back. */
final class TriggerImage {
  private TriggerImage() {}

  /**
   * Planes of a PNG.
   *
   * @param colours [C, H, W]
   * @param opacity [H, W], 255 everywhere if the file has no alpha channel
   * @param hasAlpha whether it has one
   */
  record Planes(byte[] colours, byte[] opacity, boolean hasAlpha) {}

  static Planes read(Path file, byte[] png, FeatureShape shape) {
    BufferedImage image = decode(file, png, shape);
    int height = shape.height();
    int width = shape.width();
    byte[] colours = new byte[shape.size()];
    byte[] opacity = new byte[height * width];
    boolean grey = image.getColorModel().getNumColorComponents() == 1;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int argb = image.getRGB(x, y);
        // Grey files are read from their raster: getRGB would bend their values by a gamma.
        int v = grey ? image.getRaster().getSample(x, y, 0) : 0;
        int[] rgb = grey ? new int[] {v, v, v} : new int[] {argb >> 16, argb >> 8, argb};
        for (int c = 0; c < shape.channels(); c++) {
          colours[(c * height + y) * width + x] = (byte) rgb[c];
        }
        opacity[y * width + x] = (byte) (argb >>> 24);
      }
    }
    return new Planes(colours, opacity, image.getColorModel().hasAlpha());
  }

  private static BufferedImage decode(Path file, byte[] png, FeatureShape shape) {
    try (ImageInputStream stream = ImageIO.createImageInputStream(new ByteArrayInputStream(png))) {
      Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName("png");
      ImageReader reader = readers.next();
      if (stream == null || !reader.getOriginatingProvider().canDecodeInput(stream)) {
        throw new BadData(file.toString(), "is no PNG image", "a PNG image");
      }
      reader.setInput(stream, true, true);
      int width = reader.getWidth(0);
      int height = reader.getHeight(0);
      if (width != shape.width() || height != shape.height()) {
        throw new BadData(
            file.toString(),
            "is " + width + "x" + height + " pixels",
            shape.width() + "x" + shape.height() + ", the size of the images");
      }
      BufferedImage image = reader.read(0);
      if (image.getRaster().getDataBuffer().getDataType() != DataBuffer.TYPE_BYTE) {
        throw new BadData(file.toString(), "has more than 8 bits a channel", "8 bits a channel");
      }
      return image;
    } catch (IOException | RuntimeException e) {
      if (e instanceof BadData refusal) {
        throw refusal;
      }
      throw new BadData(file.toString(), "cannot be decoded (" + Reason.of(e) + ")", "a PNG image");
    }
  }

  /**
   * A PNG of {@code colours} [3 or 1, H, W]; with an alpha channel unless {@code opacity} is empty.
   */
  static byte[] write(FeatureShape shape, byte[] colours, byte[] opacity) throws IOException {
    int height = shape.height();
    int width = shape.width();
    int type = opacity.length > 0 ? BufferedImage.TYPE_INT_ARGB : BufferedImage.TYPE_INT_RGB;
    BufferedImage image = new BufferedImage(width, height, type);
    for (int p = 0; p < height * width; p++) {
      int argb = (opacity.length > 0 ? opacity[p] & 0xFF : 255) << 24;
      for (int c = 0; c < 3; c++) {
        int plane = Math.min(c, shape.channels() - 1);
        argb |= (colours[plane * height * width + p] & 0xFF) << (16 - 8 * c);
      }
      image.setRGB(p % width, p / width, argb);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "png", bytes);
    return bytes.toByteArray();
  }
}
