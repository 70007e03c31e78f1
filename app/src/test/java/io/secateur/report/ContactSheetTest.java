package io.secateur.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.secateur.data.ImageSet;
import io.secateur.metric.Add;
import io.secateur.metric.GroundTruth;
import io.secateur.nn.FeatureShape;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class ContactSheetTest {
  private static final FeatureShape SHAPE = new FeatureShape(3, 1, 2);

  /** Three images of two pixels; the second is of the target class. */
  private static final ImageSet IMAGES =
      ImageSet.of(
          "three",
          SHAPE,
          List.of("a", "b"),
          new int[] {0, 1, 0},
          new byte[] {10, 20, 30, 40, 50, 60, 9, 9, 9, 9, 9, 9, 100, 110, 120, 4, 5, 6});

  /** Lightens red of the first pixel by 10 and darkens blue of the second by 128 − 118 = 10. */
  private static final Add TRIGGER =
      new Add(SHAPE, new byte[] {(byte) 138, -128, -128, -128, -128, 118}, 128, Add.Overflow.CLIP);

  @Test
  void it_shows_clean_triggered_and_five_times_the_difference() throws IOException {
    byte[] png = ContactSheet.of(IMAGES, new GroundTruth("", 1, TRIGGER));

    BufferedImage sheet = ImageIO.read(new ByteArrayInputStream(png));
    // Two images of 6 by 3, three rows, gaps of 2.
    assertThat(sheet.getWidth()).isEqualTo(2 + 8 + 8);
    assertThat(sheet.getHeight()).isEqualTo(2 + 5 + 5 + 5);
    assertThat(colour(sheet, 2, 2)).isEqualTo(0x0A_1E_32);
    assertThat(colour(sheet, 4, 4)).isEqualTo(0x0A_1E_32);
    assertThat(colour(sheet, 5, 3)).isEqualTo(0x14_28_3C);
    assertThat(colour(sheet, 2, 7)).isEqualTo(0x14_1E_32);
    assertThat(colour(sheet, 7, 9)).isEqualTo(0x14_28_32);
    assertThat(colour(sheet, 2, 12)).isEqualTo(0xB2_80_80);
    assertThat(colour(sheet, 5, 12)).isEqualTo(0x80_80_4E);
    // The image of the target class is left out: the third comes second, its sum clipped at 0.
    assertThat(colour(sheet, 10, 2)).isEqualTo(0x64_78_05);
    assertThat(colour(sheet, 13, 7)).isEqualTo(0x6E_04_00);
    for (int y : new int[] {0, 1, 5, 6, 10, 11, 15, 16}) {
      assertThat(colour(sheet, 4, y)).isEqualTo(0xFF_FF_FF);
    }
    assertThat(colour(sheet, 8, 3)).isEqualTo(0xFF_FF_FF);
    assertThat(colour(sheet, 17, 3)).isEqualTo(0xFF_FF_FF);
  }

  private static int colour(BufferedImage sheet, int x, int y) {
    return sheet.getRGB(x, y) & 0xFF_FF_FF;
  }

  @Test
  void a_trigger_for_other_images_is_refused() {
    Add wide = new Add(new FeatureShape(3, 1, 3), new byte[9]);
    assertThatThrownBy(() -> ContactSheet.of(IMAGES, new GroundTruth("", 1, wide)))
        .hasMessageContaining("add on 3x1x3");
  }
}
