package io.secateur.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.secateur.data.ImageDecoder.Decoded;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageDecoderTest {
  @Test
  void grey_samples_are_replicated_as_stored() {
    for (String format : new String[] {"png", "jpg", "bmp"}) {
      BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
      for (int i = 0; i < 64; i++) {
        image.getRaster().setSample(i % 8, i / 8, 0, 100);
      }
      assertThat(decode(format, image).planes()).as(format).containsOnly(100).hasSize(192);
    }
  }

  @Test
  void grey_of_few_bits_fills_the_range() {
    BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_BINARY);
    image.setRGB(1, 0, 0xFFFFFF);

    assertThat(decode("png", image).planes()).containsExactly(0, -1, 0, -1, 0, -1);
  }

  @Test
  void sixteen_bits_are_scaled_and_rounded() {
    BufferedImage image = new BufferedImage(4, 1, BufferedImage.TYPE_USHORT_GRAY);
    int[] samples = {0, 128, 129, 65_535};
    for (int x = 0; x < 4; x++) {
      image.getRaster().setSample(x, 0, 0, samples[x]);
    }

    assertThat(decode("png", image).planes()).startsWith(0, 0, 1, 255);
  }

  @Test
  void sixteen_bit_colour_is_read_in_the_order_red_green_blue() {
    ComponentColorModel model =
        new ComponentColorModel(
            ColorSpace.getInstance(ColorSpace.CS_sRGB), false, false, 1, DataBuffer.TYPE_USHORT);
    BufferedImage image =
        new BufferedImage(model, model.createCompatibleWritableRaster(1, 1), false, null);
    image.getRaster().setPixel(0, 0, new int[] {257, 514, 771});

    assertThat(decode("png", image).planes()).containsExactly(1, 2, 3);
  }

  @Test
  void palettes_are_looked_up() {
    byte[] red = new byte[256];
    byte[] green = new byte[256];
    byte[] blue = new byte[256];
    red[3] = 10;
    green[3] = 4;
    blue[3] = 8;
    blue[200] = (byte) 250;
    IndexColorModel palette = new IndexColorModel(8, 256, red, green, blue);
    for (String format : new String[] {"png", "bmp"}) {
      BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_INDEXED, palette);
      image.getRaster().setSample(0, 0, 0, 3);
      image.getRaster().setSample(1, 0, 0, 200);

      assertThat(decode(format, image).planes()).as(format).containsExactly(10, 0, 4, 0, 8, 250);
    }
  }

  @Test
  void alpha_is_dropped_and_the_colour_below_kept() {
    BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_INT_ARGB);
    image.setRGB(0, 0, 0x400A141E);

    assertThat(decode("png", image).planes()).containsExactly(10, 20, 30);
  }

  @Test
  void a_width_times_height_image_becomes_planes_of_rows() {
    BufferedImage image = new BufferedImage(2, 3, BufferedImage.TYPE_INT_RGB);
    image.setRGB(1, 2, 0x010203);

    Decoded decoded = decode("png", image);

    assertThat(decoded.width()).isEqualTo(2);
    assertThat(decoded.height()).isEqualTo(3);
    assertThat(decoded.planes())
        .containsExactly(0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg", "bmp"})
  void files_cut_off_anywhere_are_refused(String format) {
    byte[] whole = TestImages.encode(format, noise());
    for (int length = 0; length < whole.length - 20; length += 1 + whole.length / 97) {
      byte[] part = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> ImageDecoder.decode("cut." + format, part, false))
          .as("%s cut to %d of %d bytes", format, length, whole.length)
          .isInstanceOf(BadData.class)
          .hasMessageStartingWith("cut." + format + ": ");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg", "bmp"})
  void damaged_files_decode_or_are_refused_but_never_break(String format) {
    byte[] whole = TestImages.encode(format, noise());
    SeededDraws draws = new SeededDraws(2);
    for (int round = 0; round < 1000; round++) {
      byte[] bytes = whole.clone();
      for (int hit = 0; hit < 3; hit++) {
        bytes[draws.below(round % 2 == 0 ? Math.min(200, bytes.length) : bytes.length)] =
            (byte) draws.below(256);
      }
      try {
        Decoded decoded = ImageDecoder.decode("damaged", bytes, false);
        assertThat(decoded.planes()).hasSize(3 * decoded.width() * decoded.height());
      } catch (BadData e) {
        assertThat(e).hasMessageStartingWith("damaged: ");
      }
    }
  }

  private static BufferedImage noise() {
    BufferedImage image = new BufferedImage(40, 30, BufferedImage.TYPE_INT_RGB);
    SeededDraws draws = new SeededDraws(1);
    for (int i = 0; i < 1200; i++) {
      image.setRGB(i % 40, i / 40, draws.below(1 << 24));
    }
    return image;
  }

  private static Decoded decode(String format, BufferedImage image) {
    return ImageDecoder.decode(format, TestImages.encode(format, image), false);
  }

  @Test
  void a_jpeg_of_endless_scans_is_refused_before_it_is_decoded() throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ImageWriteParam how = writer.getDefaultWriteParam();
    how.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
      writer.setOutput(out);
      writer.write(
          null,
          new IIOImage(new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB), null, null),
          how);
    }
    byte[] honest = bytes.toByteArray();
    assertThat(ImageDecoder.decode("x.jpg", honest, false).width()).isEqualTo(64);

    int last = honest.length - 2;
    while (honest[last] != (byte) 0xFF || honest[last + 1] != (byte) 0xDA) {
      last--;
    }
    bytes.reset();
    bytes.write(honest, 0, last);
    for (int i = 0; i < 100_000; i++) {
      bytes.write(honest, last, honest.length - 2 - last);
    }
    bytes.write(honest, honest.length - 2, 2);

    assertThatThrownBy(() -> ImageDecoder.decode("x.jpg", bytes.toByteArray(), false))
        .isInstanceOf(BadData.class)
        .hasMessageContaining("x.jpg: has 10")
        .hasMessageContaining("scans");
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5})
  void a_bitmap_that_claims_to_wrap_a_huge_image_is_refused_before_it_is_decoded(int compression) {
    BufferedImage image = new BufferedImage(6, 6, BufferedImage.TYPE_INT_RGB);
    byte[] bytes = TestImages.encode("bmp", image);
    ByteBuffer.wrap(bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(30, compression)
        .putInt(34, 405_000_000);

    assertThatThrownBy(() -> ImageDecoder.decode("x.bmp", bytes, false))
        .isInstanceOf(BadData.class)
        .hasMessageContaining("x.bmp: holds an image of another format inside");
  }
}
