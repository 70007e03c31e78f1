package io.secateur.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.secateur.data.BadData;
import io.secateur.metric.GroundTruth;
import io.secateur.metric.TrueTrigger;
import io.secateur.nn.FeatureShape;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GroundTruthFileTest {
  private static final FeatureShape SHAPE = new FeatureShape(3, 2, 3);

  @TempDir private Path temp;
  private Path file;

  @BeforeEach
  void an_image_beside_the_file() throws IOException {
    file = temp.resolve("truth.json");
    BufferedImage image = new BufferedImage(3, 2, BufferedImage.TYPE_INT_ARGB);
    image.setRGB(2, 1, 0xFF_0A_14_C8);
    ImageIO.write(image, "png", temp.resolve("t.png").toFile());
    ImageIO.write(
        new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB),
        "png",
        temp.resolve("opaque.png").toFile());
    ImageIO.write(
        new BufferedImage(4, 2, BufferedImage.TYPE_INT_RGB), "png", temp.resolve("w.png").toFile());
  }

  @Test
  void a_stamp_has_its_mask_in_the_alpha_channel() {
    GroundTruth truth =
        read(
            "{\"attack\": \"x\", \"target\": 4, \"trigger\": {\"kind\": \"stamp\", \"image\": \"t.png\"}}");

    byte[] image = new byte[18];
    image[5] = 10;
    image[11] = 20;
    image[17] = (byte) 200;
    byte[] mask = {0, 0, 0, 0, 0, (byte) 255};
    assertThat(truth).isEqualTo(new GroundTruth("x", 4, TrueTrigger.stamp(SHAPE, image, mask)));
  }

  @Test
  void what_is_written_is_read_back() throws IOException {
    byte[] image = new byte[18];
    byte[] mask = new byte[6];
    new Random(1).nextBytes(image);
    new Random(2).nextBytes(mask);
    mask[0] = 0;
    for (int c = 0; c < 3; c++) {
      image[6 * c] = 0;
    }
    for (TrueTrigger trigger :
        List.of(
            TrueTrigger.stamp(SHAPE, image, mask),
            TrueTrigger.add(SHAPE, image),
            TrueTrigger.blend(SHAPE, image, 0.2))) {
      GroundTruth truth = new GroundTruth("some", 3, trigger);

      GroundTruthFile.write(file, truth);

      assertThat(GroundTruthFile.read(file, SHAPE, 10)).isEqualTo(truth);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{|line 1 is no JSON",
        "[]|is no JSON object; expected an object with target and trigger",
        "{}|the key 'target' is missing; expected a label",
        "{'target': 1, 'target': 2}|is no JSON (Duplicate",
        "{'target': 10}|target is 10; expected a label, 0 to 9",
        "{'target': '1'}|target is \"1\"; expected a label, 0 to 9",
        "{'target': 1}|the key 'trigger' is missing; expected an object",
        "{'target': 1, 'trigger': 3}|trigger is 3; expected an object with kind and image",
        "{'target': 1, 'poison': 3}|the key 'poison' is unknown; expected attack, target, trigger",
        "{'target': 1, 'trigger': {'kind': 'magic'}}|trigger.kind is \"magic\"; expected stamp, add or blend",
        "{'target': 1, 'trigger': {'kind': 'warp'}}|trigger.kind 'warp' is known but cannot be read yet",
        "{'target': 1, 'trigger': {'kind': 'generator'}}|'generator' is known but cannot be read yet",
        "{'target': 1, 'trigger': {'kind': 'add'}}|the key 'image' is missing",
        "{'target': 1, 'trigger': {'kind': 'add', 'image': 't.png', 'alpha': 1}}|the key 'trigger.alpha' is unknown",
        "{'target': 1, 'trigger': {'kind': 'blend', 'image': 't.png', 'alpha': 2}}|trigger.alpha is 2; expected a number in (0, 1]",
        "{'target': 1, 'trigger': {'kind': 'blend', 'image': 't.png'}}|the key 'alpha' is missing",
        "{'target': 1, 'trigger': {'kind': 'add', 'image': '../t.png'}}|leads out of the file's folder",
        "{'target': 1, 'trigger': {'kind': 'add', 'image': '/etc/passwd'}}|leads out of the file's folder",
        "{'target': 1, 'trigger': {'kind': 'add', 'image': 'none.png'}}|trigger.image 'none.png' does not exist",
        "{'target': 1, 'trigger': {'kind': 'add', 'image': 'truth.json'}}|is no PNG image",
        "{'target': 1, 'trigger': {'kind': 'add', 'image': 'w.png'}}|w.png: is 4x2 pixels; expected 3x2, the size of the images",
        "{'target': 1, 'trigger': {'kind': 'stamp', 'image': 'opaque.png'}}|opaque.png: has no alpha channel",
      })
  void bad_files_are_refused_in_one_line(String json, String message) {
    assertThatThrownBy(() -> read(json.replace('\'', '"')))
        .isInstanceOf(BadData.class)
        .hasMessageStartingWith(temp.toString())
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n");
  }

  @Test
  void a_link_out_of_the_folder_is_refused() throws IOException {
    Path outside = Files.createTempFile("secateur", ".png");
    Files.createSymbolicLink(temp.resolve("link.png"), outside);

    assertThatThrownBy(
            () ->
                read("{\"target\": 1, \"trigger\": {\"kind\": \"add\", \"image\": \"link.png\"}}"))
        .hasMessageContaining("leads out of the file's folder");

    Files.delete(outside);
  }

  @Test
  void a_missing_file_is_named() {
    assertThatThrownBy(() -> GroundTruthFile.read(temp.resolve("no.json"), SHAPE, 10))
        .hasMessage(temp.resolve("no.json") + ": does not exist; expected a readable file");
  }

  private GroundTruth read(String json) {
    try {
      Files.writeString(file, json);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return GroundTruthFile.read(file, SHAPE, 10);
  }
}
