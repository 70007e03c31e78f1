package io.secateur.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.trigger.Trigger;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class TriggerPictureTest {
  private final Trigger shift =
      new Trigger.Shift(Map.of("a", new float[] {0, 4}, "b", new float[] {-4}), 2, 2);

  @Test
  void a_shift_is_a_dot_for_each_channel_the_lighter_the_further_it_is_raised() throws IOException {
    BufferedImage picture = read(TriggerPicture.of(shift));

    assertThat(picture.getWidth()).isEqualTo(2);
    assertThat(grey(picture, 0, 0)).isEqualTo(128);
    assertThat(grey(picture, 1, 0)).isEqualTo(255);
    assertThat(grey(picture, 0, 1)).isZero();
  }

  @Test
  void a_shift_leaves_images_alone() throws IOException {
    float[] image = {0, 1, 0.5f, 1};

    BufferedImage triggered = read(TriggerPicture.on(shift, image));
    BufferedImage mask = read(TriggerPicture.mask(shift));

    assertThat(grey(triggered, 1, 0)).isEqualTo(255);
    assertThat(grey(triggered, 0, 1)).isEqualTo(128);
    assertThat(grey(mask, 1, 1)).isZero();
  }

  private static BufferedImage read(byte[] png) throws IOException {
    return ImageIO.read(new ByteArrayInputStream(png));
  }

  private static int grey(BufferedImage picture, int x, int y) {
    return picture.getRGB(x, y) & 0xff;
  }
}
