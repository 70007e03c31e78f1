package io.secateur.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.secateur.nn.ElementType;
import io.secateur.nn.HalfPrecision;
import io.secateur.nn.WeightTensor;
import io.secateur.nn.Weights;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelFilesTest {
  private static final Set<ModelFile.Layout> WITHOUT_GRAPH =
      EnumSet.complementOf(EnumSet.of(ModelFile.Layout.ONNX));

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "clean-resnet20/resnet20-12fca82f.th, TORCH_LEGACY, module., state_dict",
    "ibau-smallvgg-badnets-t8/badnets_8_02_ckpt.pth, TORCH_ZIP, '', net",
    "ibau-smallvgg-trojanwm-t2/trojan_wm_2_02_ckpt.pth, TORCH_ZIP, '', net",
    "nad-wrn16-1-badnets-grid-t5/WRN-16-1-S-model_best.pth.tar, TORCH_LEGACY, '', state_dict",
  })
  void a_real_checkpoint_holds_the_same_bits_as_its_safetensors_twin(
      String file, ModelFile.Layout layout, String prefix, String key) {
    Path original = SharedCheckpoints.find(file);

    ModelFile checkpoint = ModelFiles.read(original);
    ModelFile twin = ModelFiles.read(original.resolveSibling("weights.safetensors"));

    assertThat(checkpoint.layout()).isEqualTo(layout);
    assertThat(checkpoint.prefix()).isEqualTo(prefix);
    assertThat(checkpoint.path()).containsExactly(key);
    assertThat(twin.layout()).isEqualTo(ModelFile.Layout.SAFETENSORS);
    assertThat(checkpoint.weights()).isEqualTo(twin.weights());
    assertThat(checkpoint.scalars()).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "clean-resnet20/resnet20-12fca82f.th",
        "ibau-smallvgg-badnets-t8/badnets_8_02_ckpt.pth",
        "nad-wrn16-1-badnets-grid-t5/WRN-16-1-erased-by-NAD.tar",
      })
  void a_real_checkpoint_survives_writing(String file) throws IOException {
    ModelFile read = ModelFiles.read(SharedCheckpoints.find(file));

    ModelFile again = ModelFiles.read(SampleModels.file(folder, SampleModels.bytes(read)));

    assertThat(again).isEqualTo(read.withLayout(ModelFile.Layout.TORCH_ZIP));
  }

  @ParameterizedTest
  @EnumSource(
      value = ElementType.class,
      names = {"F16", "BF16", "F32"})
  void a_tensor_holds_what_its_file_will_hold(ElementType type) {
    float[] values = {0.1f, -1 / 3f, 6.1e-5f, 1e-8f, 65504, 0};
    WeightTensor tensor = WeightTensor.ofFloats(type, new int[] {values.length}, values);
    byte[] stored = ElementCodec.encode("t", tensor);
    for (int i = 0; i < values.length; i++) {
      float read = ElementCodec.floating(type, ElementCodec.littleEndian(stored), i * type.bytes());
      assertThat(tensor.at(i))
          .isEqualTo(read)
          .isCloseTo(values[i], within(values[i] == 0 ? 0f : Math.abs(values[i]) / 100 + 1e-7f));
    }
  }

  @Test
  void any_model_survives_writing_in_every_layout() throws IOException {
    for (int seed = 0; seed < 200; seed++) {
      Weights weights = SampleModels.weights(new Random(seed));
      ModelFile checkpoint = SampleModels.checkpoint(weights);
      ModelFile bare = ModelFile.of(ModelFile.Layout.TORCH_ZIP, weights);
      ModelFile tensors =
          new ModelFile(
              ModelFile.Layout.SAFETENSORS,
              weights,
              "module.",
              List.of(),
              Map.of("format", "pt\n\u00e9"),
              Map.of());
      for (ModelFile model : List.of(checkpoint, bare, tensors)) {
        Path file = SampleModels.file(folder, SampleModels.bytes(model));
        ModelFile again = ModelFiles.read(file);
        assertThat(again).as("seed %d", seed).isEqualTo(model);
        assertThat(new ArrayList<>(again.weights().names()))
            .isEqualTo(new ArrayList<>(weights.names()));
      }
    }
  }

  @Test
  void equal_models_give_equal_bytes() {
    ModelFile model = SampleModels.checkpoint(SampleModels.weights(new Random(1)));
    for (ModelFile.Layout layout : WITHOUT_GRAPH) {
      assertThat(SampleModels.bytes(model.withLayout(layout)))
          .isEqualTo(SampleModels.bytes(model.withLayout(layout)));
    }
  }

  @Test
  void every_entry_of_a_written_zip_begins_at_a_multiple_of_64() throws IOException {
    byte[] written =
        SampleModels.bytes(SampleModels.checkpoint(SampleModels.weights(new Random(2))));
    int headers = 0;
    for (int i = 0; i + 30 < written.length; i++) {
      if (written[i] == 'P'
          && written[i + 1] == 'K'
          && written[i + 2] == 3
          && written[i + 3] == 4) {
        int name = written[i + 26] & 0xff;
        int extra = written[i + 28] & 0xff;
        assertThat((i + 30 + name + extra) % 64).isZero();
        headers++;
      }
    }
    try (ZipFile zip = new ZipFile(SampleModels.file(folder, written).toFile())) {
      assertThat(headers).isEqualTo(zip.size());
    }
  }

  @Test
  void a_checkpoint_becomes_safetensors_with_its_scalars_as_texts() throws IOException {
    ModelFile checkpoint = SampleModels.checkpoint(SampleModels.weights(new Random(3)));

    ModelFile read =
        ModelFiles.read(
            SampleModels.file(
                folder, SampleModels.bytes(checkpoint.withLayout(ModelFile.Layout.SAFETENSORS))));

    assertThat(read.weights()).isEqualTo(checkpoint.weights());
    assertThat(read.metadata()).containsEntry("epoch", "300").containsEntry("best_acc", "93.25");
  }

  @Test
  void half_precision_survives_and_rounds_to_even() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float value = HalfPrecision.halfToFloat((short) bits);
      if (!Float.isNaN(value)) {
        assertThat(HalfPrecision.floatToHalf(value)).isEqualTo((short) bits);
      }
    }
    assertThat(HalfPrecision.floatToHalf(1 + 0x1p-11f)).isEqualTo((short) 0x3c00);
    assertThat(HalfPrecision.floatToHalf(1 + 3 * 0x1p-11f)).isEqualTo((short) 0x3c02);
    assertThat(HalfPrecision.floatToHalf(0x1p-25f)).isEqualTo((short) 0);
    assertThat(HalfPrecision.floatToHalf(65519f)).isEqualTo((short) 0x7bff);
    assertThat(HalfPrecision.floatToHalf(65520f)).isEqualTo((short) 0x7c00);
    assertThat(HalfPrecision.floatToHalf(Float.NaN) & 0x7fff).isGreaterThan(0x7c00);
    assertThat(HalfPrecision.floatToBrain(1 + 0x1p-8f)).isEqualTo((short) 0x3f80);
    assertThat(HalfPrecision.floatToBrain(1 + 3 * 0x1p-8f)).isEqualTo((short) 0x3f82);
  }

  @Test
  void a_value_that_its_type_cannot_hold_is_refused_by_name() {
    WeightTensor half = WeightTensor.ofFloats(ElementType.F16, new int[] {1}, new float[] {1e6f});
    WeightTensor octet = WeightTensor.ofIntegers(ElementType.U8, new int[] {1}, new long[] {256});
    for (WeightTensor tensor : List.of(half, octet)) {
      ModelFile model =
          ModelFile.of(ModelFile.Layout.SAFETENSORS, Weights.of(Map.of("conv.weight", tensor)));
      assertThatThrownBy(() -> SampleModels.bytes(model))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("conv.weight");
    }
  }

  @Test
  void non_finite_weights_are_refused_by_name_unless_allowed() throws IOException {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      WeightTensor tensor = WeightTensor.ofFloats(new int[] {2}, new float[] {1, bad});
      for (ModelFile.Layout layout : WITHOUT_GRAPH) {
        ModelFile model = ModelFile.of(layout, Weights.of(Map.of("fc.bias", tensor)));
        Path file = SampleModels.file(folder, SampleModels.bytes(model));
        assertThatThrownBy(() -> ModelFiles.read(file))
            .isInstanceOf(BadModelFile.class)
            .hasMessageContaining("model.pth: tensor 'fc.bias' holds NaN");
        ReadOptions lenient = ReadOptions.defaults().allowingNonFinite();
        assertThat(ModelFiles.read(file, lenient).weights().get("fc.bias")).isEqualTo(tensor);
      }
    }
  }

  @Test
  void what_is_no_model_file_is_named_for_what_it_is() throws IOException {
    assertRefused(new byte[0], "is empty");
    assertRefused(latin("\u0089PNG\r\n\u001a\n........"), "a PNG image");
    assertRefused(latin("\b\u0007\u0012\u0007pytorch"), "an ONNX model");
    assertRefused(latin("version https://git-lfs.github.com/spec/v1\n"), "Git LFS pointer");
    assertRefused(latin("epoch,loss\n1,2\n"), "plain text");
    assertRefused(latin("\u0001\u0002\u0003\u0004\u0005"), "an unknown kind of file");
    assertRefused(latin("PK\u0003\u0004 but nothing more"), "damaged zip");
    assertRefused(latin("\u0080\u0002K\u0001."), "a Python pickle, but not one of torch.save");
    assertThatThrownBy(() -> ModelFiles.read(folder))
        .isInstanceOf(BadModelFile.class)
        .hasMessageContaining("is a folder");
    assertThatThrownBy(() -> ModelFiles.read(folder.resolve("absent.pth")))
        .isInstanceOf(BadModelFile.class)
        .hasMessageContaining("absent.pth: does not exist");
  }

  private void assertRefused(byte[] content, String cause) throws IOException {
    Path file = SampleModels.file(folder, content);
    assertThatThrownBy(() -> ModelFiles.read(file))
        .isInstanceOf(BadModelFile.class)
        .hasMessageContaining("model.pth: ")
        .hasMessageContaining(cause);
  }

  private static byte[] latin(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  void reading_leaves_the_file_as_it_was() throws IOException {
    byte[] content =
        SampleModels.bytes(SampleModels.checkpoint(SampleModels.weights(new Random(4))));
    Path file = SampleModels.file(folder, content);

    ModelFiles.read(file);

    assertThat(Files.readAllBytes(file)).isEqualTo(content);
  }
}
