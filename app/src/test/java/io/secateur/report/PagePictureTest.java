package io.secateur.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.nn.FeatureShape;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Base64;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class PagePictureTest {

  @Test
  void a_small_picture_stays_as_it_is() {
    byte[] png = TriggerPicture.image(new FeatureShape(3, 112, 100), new float[3 * 112 * 100]);

    assertThat(Base64.getDecoder().decode(PagePicture.of(png))).isEqualTo(png);
    assertThat(PagePicture.pixels(new FeatureShape(3, 112, 100))).isEqualTo(11_200);
  }

  @Test
  void squares_of_a_large_one_become_their_mean() throws IOException {
    FeatureShape shape = new FeatureShape(1, 224, 226);
    float[] values = new float[shape.size()];
    for (int y = 0; y < 224; y++) {
      for (int x = 0; x < 226; x++) {
        values[y * 226 + x] = (x + y) % 255 / 255f;
      }
    }

    byte[] small = Base64.getDecoder().decode(PagePicture.of(TriggerPicture.image(shape, values)));

    BufferedImage image = ImageIO.read(new ByteArrayInputStream(small));
    assertThat(image.getWidth()).isEqualTo(75);
    assertThat(image.getHeight()).isEqualTo(74);
    assertThat(PagePicture.pixels(shape)).isEqualTo(75 * 74);
    // 3 x 3 pixels from (30, 15) on: values 45 to 49, mean 47
    assertThat(image.getRGB(10, 5) & 0xFF).isEqualTo(47);
    assertThat(image.getRGB(10, 5) >>> 24).isEqualTo(255);
  }

  @Test
  void a_map_warms_the_picture_where_it_says_so() throws IOException {
    FeatureShape shape = new FeatureShape(3, 1, 2);

    byte[] png = HeatPicture.of(shape, new float[6], new float[] {0, 1});

    BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
    int cold = image.getRGB(0, 0);
    int warm = image.getRGB(1, 0);
    assertThat(cold >> 16 & 0xFF).isEqualTo(cold & 0xFF);
    assertThat(warm >> 16 & 0xFF).isGreaterThan(200);
    assertThat(warm & 0xFF).isLessThan(40);
  }
}
