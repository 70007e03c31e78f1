package io.secateur.bench;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.secateur.attack.InputAwareGenerators;
import io.secateur.data.BadData;
import io.secateur.format.BadModelFile;
import io.secateur.metric.Add;
import io.secateur.metric.Blend;
import io.secateur.metric.Generator;
import io.secateur.metric.GroundTruth;
import io.secateur.metric.Stamp;
import io.secateur.metric.Target;
import io.secateur.metric.TrueTrigger;
import io.secateur.metric.Warp;
import io.secateur.nn.ElementType;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Preprocessing;
import io.secateur.run.SeedTree;
import io.secateur.train.Initialisation;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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

  private static final FeatureShape EIGHT = new FeatureShape(3, 8, 8);

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
    // The signature and a part of the header: shorter files are no PNG image to a newer JDK.
    byte[] whole = Files.readAllBytes(temp.resolve("t.png"));
    Files.write(temp.resolve("torn.png"), Arrays.copyOf(whole, 20));
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
    assertThat(truth).isEqualTo(new GroundTruth("x", 4, new Stamp(SHAPE, image, mask)));
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
            new Stamp(SHAPE, image, mask),
            new Add(SHAPE, image),
            new Add(SHAPE, image, 128, Add.Overflow.CLIP),
            new Add(SHAPE, image, 0, Add.Overflow.WRAP),
            new Warp(SHAPE, 3, control(18), 0.3),
            new Warp(SHAPE, 64, control(2 * 64 * 64), 1e-7),
            new Blend(SHAPE, image, 0.2))) {
      GroundTruth truth = new GroundTruth("some", 3, trigger);

      GroundTruthFile.write(file, truth);

      assertThat(GroundTruthFile.read(file, SHAPE, 10)).isEqualTo(truth);
    }
  }

  private static float[] control(int count) {
    float[] control = new float[count];
    Random random = new Random(3);
    for (int i = 0; i < count; i++) {
      control[i] = (float) random.nextGaussian();
    }
    control[0] = 1e-30f;
    return control;
  }

  @Test
  void the_next_label_is_read_back() throws IOException {
    GroundTruth truth = new GroundTruth("", new Target.Next(), new Add(SHAPE, new byte[18]));

    GroundTruthFile.write(file, truth);

    assertThat(Files.readString(file)).contains("\"next\"");
    assertThat(GroundTruthFile.read(file, SHAPE, 10)).isEqualTo(truth);
  }

  @Test
  void a_generator_is_read_back_with_its_weights_beside_it() throws IOException {
    GroundTruth truth = new GroundTruth("dynamic", 2, generator(5));

    GroundTruthFile.write(file, truth);

    GroundTruth read = GroundTruthFile.read(file, EIGHT, 10);
    assertThat(read).isEqualTo(truth);
    float[] image = new float[EIGHT.size()];
    Arrays.fill(image, 0.3f);
    assertThat(read.trigger().on(image)).isEqualTo(truth.trigger().on(image));
    assertThat(temp.resolve("truth.pattern.safetensors")).exists();
    assertThat(temp.resolve("truth.mask.safetensors")).exists();
  }

  @Test
  void a_generator_in_16_bits_is_half_the_size_and_nearly_the_same() throws IOException {
    GroundTruth truth = new GroundTruth("dynamic", 2, generator(5));
    Path pattern = temp.resolve("truth.pattern.safetensors");
    GroundTruthFile.write(file, truth);
    long whole = Files.size(pattern);

    GroundTruthFile.write(file, truth, ElementType.F16);

    assertThat(Files.size(pattern)).isLessThan(whole * 6 / 10);
    float[] image = new float[EIGHT.size()];
    Arrays.fill(image, 0.3f);
    GroundTruth read = GroundTruthFile.read(file, EIGHT, 10);
    assertThat(read.trigger().on(image))
        .usingComparatorWithPrecision(0.01f)
        .containsExactly(truth.trigger().on(image));
  }

  @Test
  void weights_that_are_missing_foreign_or_damaged_are_refused_by_name() throws IOException {
    GroundTruthFile.write(file, new GroundTruth("", 2, generator(5)));
    Path mask = temp.resolve("truth.mask.safetensors");
    byte[] good = Files.readAllBytes(mask);

    Files.copy(temp.resolve("truth.pattern.safetensors"), mask, REPLACE_EXISTING);
    refusedWith(mask + ": weights do not fit input-aware-mask");

    Files.write(mask, Arrays.copyOf(good, good.length - 100));
    refusedWith(mask.toString());

    Files.write(mask, new byte[(1 << 24) + 1]);
    refusedWith(mask + ": is longer than");

    Files.delete(mask);
    refusedWith("trigger.mask 'truth.mask.safetensors' does not exist");
  }

  private void refusedWith(String message) {
    assertThatThrownBy(() -> GroundTruthFile.read(file, EIGHT, 10))
        .isInstanceOfAny(BadData.class, BadModelFile.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n");
  }

  private static Generator generator(long seed) {
    SeedTree seeds = new SeedTree(seed);
    return new Generator(
        Initialisation.of(
            InputAwareGenerators.pattern(EIGHT), Preprocessing.CIFAR10, seeds.child("pattern")),
        Initialisation.of(
            InputAwareGenerators.mask(EIGHT), Preprocessing.CIFAR10, seeds.child("mask")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{|line 1 is no JSON",
        "{'target': NaN}|line 1 is no JSON (Non-standard token 'NaN'); expected an object",
        "[]|is no JSON object; expected an object with target and trigger",
        "{}|the key 'target' is missing; expected a label",
        "{'target': 1, 'target': 2}|is no JSON (Duplicate",
        "{'target': 10}|target is 10; expected a label, 0 to 9",
        "{'target': '1'}|target is \"1\"; expected a label, 0 to 9, or \"next\"",
        "{'target': 'NEXT'}|target is \"NEXT\"; expected a label, 0 to 9, or \"next\"",
        "{'target': 1}|the key 'trigger' is missing; expected an object",
        "{'target': 1, 'trigger': 3}|trigger is 3; expected an object with kind and image",
        "{'target': 1, 'poison': 3}|the key 'poison' is unknown; expected attack, target, trigger",
        "{'target': 1, 'trigger': {'kind': 'magic'}}|trigger.kind is \"magic\"; expected stamp, add, blend, warp or generator",
        "{'target': 1, 'trigger': {'kind': 'warp'}}|the key 'trigger.k' is missing; expected a whole number, 2 to 64",
        "{'target': 1, 'trigger': {'kind': 'warp', 'k': 65, 'strength': 1}}|trigger.k is 65; expected a whole number, 2 to 64",
        "{'target': 1, 'trigger': {'kind': 'warp', 'k': 2.5, 'strength': 1}}|trigger.k is 2.5; expected a whole number, 2 to 64",
        "{'target': 1, 'trigger': {'kind': 'warp', 'k': 2, 'strength': -1}}|trigger.strength is -1; expected a number in (0, 100",
        "{'target': 1, 'trigger': {'kind': 'warp', 'k': 2, 'strength': 1, 'control': [1, 2]}}|trigger.control is [1,2]; expected an array of 8 numbers",
        "{'target': 1, 'trigger': {'kind': 'warp', 'k': 2, 'strength': 1, 'control': [1, 2, 3, 4, 5, 6, 7, 1e999]}}|trigger.control[7] is",
        "{'target': 1, 'trigger': {'kind': 'warp', 'k': 2, 'strength': 1, 'control': [1, 2, 3, 'x', 5, 6, 7, 8]}}|trigger.control[3] is \"x\"; expected a number in ±1000",
        "{'target': 1, 'trigger': {'kind': 'warp', 'image': 't.png'}}|the key 'trigger.image' is unknown; expected kind, k, strength, control",
        "{'target': 1, 'trigger': {'kind': 'generator'}}|the key 'trigger.architecture' is missing; expected input-aware",
        "{'target': 1, 'trigger': {'kind': 'generator', 'architecture': 'unet'}}|trigger.architecture is \"unet\"; expected input-aware",
        "{'target': 1, 'trigger': {'kind': 'generator', 'architecture': 'input-aware', 'preprocess': 'unit'}}|sides are multiples of 8, got 3x2x3",
        "{'target': 1, 'trigger': {'kind': 'generator', 'architecture': 'input-aware', 'preprocess': 'grey'}}|preprocessing 'grey'",
        "{'target': 1, 'trigger': {'kind': 'add'}}|the key 'trigger.image' is missing",
        "{'target': 1, 'trigger': {'kind': 'add', 'image': 't.png', 'offset': 256}}|trigger.offset is 256; expected a byte, 0 to 255",
        "{'target': 1, 'trigger': {'kind': 'add', 'image': 't.png', 'overflow': 'burst'}}|trigger.overflow is \"burst\"; expected clip or wrap",
        "{'target': 1, 'trigger': {'kind': 'add', 'image': 't.png', 'alpha': 1}}|the key 'trigger.alpha' is unknown",
        "{'target': 1, 'trigger': {'kind': 'blend', 'image': 't.png', 'alpha': 2}}|trigger.alpha is 2; expected a number in (0, 1]",
        "{'target': 1, 'trigger': {'kind': 'blend', 'image': 't.png'}}|the key 'trigger.alpha' is missing",
        "{'target': 1, 'trigger': {'kind': 'add', 'image': '../t.png'}}|leads out of the file's folder",
        "{'target': 1, 'trigger': {'kind': 'add', 'image': '/etc/passwd'}}|leads out of the file's folder",
        "{'target': 1, 'trigger': {'kind': 'add', 'image': '.'}}|trigger.image '.' is no file",
        "{'target': 1, 'trigger': {'kind': 'add', 'image': 'none.png'}}|trigger.image 'none.png' does not exist",
        "{'target': 1, 'trigger': {'kind': 'add', 'image': 'truth.json'}}|is no PNG image",
        "{'target': 1, 'trigger': {'kind': 'add', 'image': 'torn.png'}}|torn.png: cannot be decoded (",
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
  void a_number_of_more_digits_than_any_double_has_is_refused() throws IOException {
    String huge = "9".repeat(400);
    Files.writeString(
        file,
        "{\"target\": 1, \"trigger\": {\"kind\": \"warp\", \"k\": 2, \"strength\": " + huge + "}}");
    refusedWith("trigger.strength is 999");
    Files.writeString(
        file,
        "{\"target\": 1, \"trigger\": {\"kind\": \"warp\", \"k\": 2, \"strength\": 1, \"control\": [0, 0, 0, 0, 0, 0, 0, "
            + huge
            + "]}}");
    refusedWith("trigger.control[7] is 999");
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
