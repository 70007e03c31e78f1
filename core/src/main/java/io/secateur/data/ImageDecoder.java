package io.secateur.data;

import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Decodes PNG, JPEG and BMP, told apart by content, to 8-bit RGB. Stored samples are taken as they
 * are, like the usual training pipelines do: no colour profile or gamma is applied, grey is
 * replicated, 16-bit samples are scaled and rounded, palettes looked up, alpha dropped.
 */
final class ImageDecoder {
  /** Longest side of an image that is kept as it is. */
  static final int MAX_SIDE = 2048;

  /** Pixels of an image that is scaled: those of most photographs. */
  private static final long MAX_PIXELS = 50_000_000;

  /** Lowest bytes of the header's size and of the kind of compression, which small headers lack. */
  private static final int BMP_HEADER = 14;

  private static final int BMP_COMPRESSION = 30;
  private static final int BMP_LEAST_HEADER = 40;
  private static final int BMP_JPEG = 4;
  private static final int BMP_PNG = 5;

  /** A scan of a few bytes makes the decoder go over the whole image once more. */
  static final int MAX_SCANS = 30;

  private static final String ACCEPTED = "an intact PNG, JPEG or BMP image";

  private ImageDecoder() {}

  /**
   * An image as unsigned bytes.
   *
   * @param planes [3, height, width], red, green, blue
   */
  record Decoded(int width, int height, byte[] planes) {}

  /**
   * Decodes {@code bytes}; {@code where} names them in errors.
   *
   * @param scaled whether the image will be scaled, so that it may be larger
   */
  static Decoded decode(String where, byte[] bytes, boolean scaled) {
    String format =
        sniff(bytes)
            .orElseThrow(() -> new BadData(where, "is no image that is known here", ACCEPTED));
    if (format.equals("jpeg") && scans(bytes) > MAX_SCANS) {
      throw new BadData(
          where, "has " + scans(bytes) + " scans", "at most " + MAX_SCANS + " of a JPEG image");
    }
    if (format.equals("bmp") && embeds(bytes)) {
      throw new BadData(where, "holds an image of another format inside", ACCEPTED);
    }
    ImageReader reader = ImageIO.getImageReadersByFormatName(format).next();
    StringBuilder warnings = new StringBuilder();
    BufferedImage image;
    try (var in = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
      reader.setInput(in, true, true);
      // Before memory for pixels is asked for.
      checkSize(where, reader.getWidth(0), reader.getHeight(0), scaled);
      reader.addIIOReadWarningListener((source, warning) -> warnings.append(warning).append(' '));
      image = reader.read(0);
    } catch (BadData e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw new BadData(where, "cannot be decoded (" + BoundedFile.reason(e) + ")", ACCEPTED, e);
    } finally {
      reader.dispose();
    }
    if (warnings.indexOf("remature end") >= 0) {
      throw new BadData(where, "is cut off", ACCEPTED);
    }
    return new Decoded(image.getWidth(), image.getHeight(), planes(image));
  }

  private static void checkSize(String where, int width, int height, boolean scaled) {
    boolean fits =
        scaled ? (long) width * height <= MAX_PIXELS : width <= MAX_SIDE && height <= MAX_SIDE;
    if (width < 1 || height < 1 || !fits) {
      throw new BadData(
          where,
          "claims " + width + "x" + height + " pixels",
          scaled
              ? "at most " + MAX_PIXELS / 1_000_000 + " million"
              : "at most " + MAX_SIDE + " a side");
    }
  }

  /** Start-of-scan markers; within coded data none can stand. */
  private static int scans(byte[] jpeg) {
    int scans = 0;
    for (int i = 0; i + 1 < jpeg.length; i++) {
      scans += (jpeg[i] & 0xFF) == 0xFF && (jpeg[i + 1] & 0xFF) == 0xDA ? 1 : 0;
    }
    return scans;
  }

  /** A BMP that wraps a JPEG or PNG: Java would believe whatever length it claims for it. */
  private static boolean embeds(byte[] bmp) {
    return bmp.length > BMP_COMPRESSION
        && (bmp[BMP_HEADER] & 0xFF) >= BMP_LEAST_HEADER
        && (bmp[BMP_COMPRESSION] == BMP_JPEG || bmp[BMP_COMPRESSION] == BMP_PNG);
  }

  private static Optional<String> sniff(byte[] bytes) {
    if (startsWith(bytes, 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n')) {
      return Optional.of("png");
    }
    if (startsWith(bytes, 0xFF, 0xD8, 0xFF)) {
      return Optional.of("jpeg");
    }
    return startsWith(bytes, 'B', 'M') ? Optional.of("bmp") : Optional.empty();
  }

  private static boolean startsWith(byte[] bytes, int... magic) {
    for (int i = 0; i < magic.length; i++) {
      if (i >= bytes.length || (bytes[i] & 0xFF) != magic[i]) {
        return false;
      }
    }
    return true;
  }

  /**
   * Reads samples from the raster. {@link BufferedImage#getRGB} would convert colour spaces and so
   * brighten every grey image: Java takes grey as linear light.
   */
  private static byte[] planes(BufferedImage image) {
    int width = image.getWidth();
    int area = width * image.getHeight();
    byte[] planes = new byte[3 * area];
    ColorModel colours = image.getColorModel();
    boolean samples = colours instanceof ComponentColorModel;
    Raster raster = image.getRaster();
    int[] row = new int[width];
    for (int y = 0; y < image.getHeight(); y++) {
      for (int c = 0; c < 3; c++) {
        int band = raster.getNumBands() < 3 ? 0 : c;
        int most = samples ? (1 << colours.getComponentSize(band)) - 1 : 255;
        int shift = samples ? 0 : 16 - 8 * c;
        if (samples) {
          raster.getSamples(0, y, width, 1, band, row);
        } else if (c == 0) {
          image.getRGB(0, y, width, 1, row, 0, width);
        }
        for (int x = 0; x < width; x++) {
          int value = samples ? (row[x] * 255 + most / 2) / most : row[x] >> shift;
          planes[c * area + y * width + x] = (byte) value;
        }
      }
    }
    return planes;
  }
}
