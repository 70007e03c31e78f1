package io.secateur.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import io.secateur.nn.WeightTensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files made to harm: each is refused with its name and the cause, in bounded time and memory. */
class HostileFilesTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final long[] FOUR = {4};
  private static final long[] ONE = {1};

  @TempDir Path folder;

  // Pickles that want to run something.

  @ParameterizedTest
  @CsvSource({"posix, system", "os, system", "builtins, eval", "subprocess, Popen", "nt, system"})
  void a_pickle_that_wants_to_run_a_command_is_refused_by_name(String module, String name)
      throws IOException {
    Path marker = folder.resolve("marker");
    for (int layout = 0; layout < 3; layout++) {
      PickleProgram pickle =
          new PickleProgram()
              .raw("c" + module + "\n" + name + "\n(")
              .text("touch " + marker)
              .raw("tR");
      byte[] file = layout == 0 ? pickle.zipped() : layout == 1 ? pickle.legacy() : pickle.stop();
      assertRefused(file, "'" + module + "." + name + "'");
      assertThat(marker).doesNotExist();
    }
  }

  @Test
  void other_ways_to_name_a_function_are_refused_too() throws IOException {
    assertRefused(
        new PickleProgram().text("posix").text("system").raw(0x93).zipped(), "'posix.system'");
    assertRefused(new PickleProgram().raw("(iposix\nsystem\n").zipped(), "'posix.system'");
    assertRefused(
        new PickleProgram().raw("cmodels.resnet\nResNet18\n)").raw(0x81).zipped(),
        "'models.resnet.ResNet18'");
    assertRefused(
        new PickleProgram().raw("ctorch.storage\n_load_from_bytes\n").zipped(),
        "torch.storage._load_from_bytes");
    assertRefused(new PickleProgram().raw("ccollections\nOrderedDict\n(oK\u0001").zipped(), "0x6f");
    assertRefused(new PickleProgram().raw(0x82, 1).zipped(), "0x82");
    assertRefused(
        new PickleProgram().raw("cbuiltins\ndict\n").text("x").raw("R").zipped(),
        "calls something other than a name");
  }

  @Test
  void an_object_of_a_harmless_class_is_dropped() throws IOException {
    PickleProgram pickle = new PickleProgram().raw("}(").text("args");
    pickle
        .raw("cargparse\nNamespace\n)")
        .raw(0x81)
        .raw("}")
        .text("lr")
        .raw("K\u0001sb")
        .text("net");
    pickle.raw("}").text("w").tensor("0", 4, 0, FOUR, ONE).raw("su");

    ModelFile read = ModelFiles.read(file(pickle.zipped(PickleProgram.floats(4))));

    assertThat(read.weights().names()).containsExactly("w");
    assertThat(read.scalars()).isEmpty();
  }

  @Test
  void control_characters_of_a_hostile_name_never_reach_the_terminal() throws IOException {
    Path file = file(new PickleProgram().raw("cevil\u001b[2J\nx\n").zipped());
    assertThatThrownBy(() -> ModelFiles.read(file))
        .hasMessageContaining("evil\\u001b[2J")
        .message()
        .doesNotContain("\u001b");
    String escape = "\"\\u001b[2J\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[0,1]}";
    String twice = "{" + escape + "," + escape + "}";
    Path tensors = file(safetensors(twice.length(), twice, 1));
    assertThatThrownBy(() -> ModelFiles.read(tensors))
        .hasMessageContaining("uplicate")
        .message()
        .doesNotContain("\u001b");
  }

  // Pickles that lie or exhaust.

  @Test
  void lying_lengths_and_counts_are_refused() throws IOException {
    assertRefused(new PickleProgram().raw("X").int32(-1).zipped(), "claims a text of 4294967295");
    assertRefused(new PickleProgram().raw("X").int32(1000).zipped(), "claims 1000 bytes");
    assertRefused(new PickleProgram().raw(0x8d).int64(1L << 62).zipped(), "claims a text of");
    assertRefused(new PickleProgram().raw(0x8e).int64(-1).zipped(), "claims a text of");
    assertRefused(new PickleProgram().raw(0x8b).int32(-1).zipped(), "integer of 4294967295 bytes");
    assertRefused(new PickleProgram().raw("Nr").int32(-1).zipped(), "memo index 4294967295");
    assertRefused(new PickleProgram().raw("L" + "9".repeat(4000) + "\n").zipped(), "integer");
    assertRefused(new PickleProgram().raw("L" + "9".repeat(9000) + "\n").zipped(), "line of more");
    assertRefused(new PickleProgram().raw("h\u0007").zipped(), "recalls what it never stored");
    assertRefused(new PickleProgram().raw("0").zipped(), "empty stack");
    assertRefused(new PickleProgram().raw("t").zipped(), "never began");
    assertRefused(new PickleProgram().raw("}(Nu").zipped(), "no value");
    assertRefused(new PickleProgram().raw(0x80, 9).zipped(), "protocol 9");
  }

  @Test
  void a_storage_shorter_than_its_tensor_claims_is_refused() throws IOException {
    long[] huge = {1_000_000, 1_000_000};
    long[] wide = {1L << 40};
    long[] some = {1000};
    assertTensorRefused(4, 0, huge, new long[] {1_000_000, 1}, "too large");
    assertTensorRefused(4, 0, wide, ONE, "too large");
    assertTensorRefused(4, 0, some, ONE, "reaches value 999 of a storage of 4");
    assertTensorRefused(1000, 0, some, ONE, "has 16 bytes, its pickle claims 4000");
    assertTensorRefused(1L << 40, 0, some, ONE, "storage '0'");
    assertTensorRefused(Long.MAX_VALUE, 0, some, ONE, "claims 9.22e+18 values");
    assertTensorRefused(-1, 0, some, ONE, "claims -1 values");
    assertTensorRefused(4, 1, FOUR, ONE, "reaches value 4");
    assertTensorRefused(4, -1, FOUR, ONE, "reaches value 2");
    assertTensorRefused(4, Long.MAX_VALUE, FOUR, ONE, "overflow");
    assertTensorRefused(4, 0, FOUR, new long[] {Long.MAX_VALUE}, "overflow");
    assertTensorRefused(4, 3, FOUR, new long[] {-1}, "negative stride");
    assertTensorRefused(4, 0, new long[] {-4}, ONE, "negative");
    assertTensorRefused(4, 0, new long[] {2, 2}, ONE, "2 dimensions and 1 strides");
    assertTensorRefused(
        4, 0, new long[] {Integer.MAX_VALUE, Integer.MAX_VALUE, 0}, new long[] {0, 0, 0}, "large");
    assertTensorRefused(4, 0, new long[] {1 << 30}, new long[] {0}, "bytes");
    assertTensorRefused(4, 0, new long[100], new long[100], "100 dimensions");
  }

  private void assertTensorRefused(
      long count, long offset, long[] shape, long[] strides, String cause) throws IOException {
    for (boolean zip : new boolean[] {true, false}) {
      PickleProgram pickle =
          new PickleProgram()
              .raw("}")
              .text("w")
              .tensor("0", count, offset, shape, strides)
              .raw("s");
      byte[] data = PickleProgram.floats(4);
      String said = !zip && cause.startsWith("has 16 bytes") ? "has 4 values" : cause;
      assertRefused(zip ? pickle.zipped(data) : pickle.legacy(data), said);
    }
  }

  @Test
  void a_missing_storage_or_an_unknown_type_is_refused() throws IOException {
    PickleProgram lost =
        new PickleProgram().raw("}").text("w").tensor("0", 4, 0, FOUR, ONE).raw("s");
    assertRefused(lost.zipped(), "no zip entry 'data/0'");
    assertRefused(
        new PickleProgram().raw("}").text("w").tensor("0", 4, 0, FOUR, ONE).raw("s").legacy(),
        "no data for the storage '0'");
    assertRefused(
        new PickleProgram().tensor("QInt8Storage", "0", 4, 0, FOUR, ONE).zipped(),
        "'torch.QInt8Storage'");
    assertRefused(new PickleProgram().raw("NQ").zipped(), "no PyTorch storage");
    assertRefused(new PickleProgram().raw("Pabc\n").zipped(), "0x50");
  }

  @Test
  void many_names_for_one_storage_cannot_exhaust_the_memory() throws IOException {
    PickleProgram pickle = new PickleProgram().raw("}(").text("t0");
    pickle.tensor("0", 250_000, 0, new long[] {250_000}, ONE).raw("q\u0001");
    for (int i = 1; i < 2000; i++) {
      pickle.text("t" + i).raw("h\u0001");
    }
    assertRefused(pickle.raw("u").zipped(PickleProgram.floats(250_000)), "out of a file of");
  }

  @Test
  void deep_nesting_is_harmless_or_refused() throws IOException {
    assertRefused(new PickleProgram().raw("(".repeat(100_000)).zipped(), "nested more than");
    PickleProgram lists = new PickleProgram().raw("]".repeat(500_000)).raw("a".repeat(499_999));
    assertRefused(lists.zipped(), "holds no state dict");
    PickleProgram dicts = new PickleProgram();
    for (int i = 0; i < 100_000; i++) {
      dicts.raw("}").text("k");
    }
    assertRefused(dicts.raw("N").raw("s".repeat(100_000)).zipped(), "holds no tensors");
  }

  @Test
  void containers_that_contain_themselves_are_read_once() throws IOException {
    PickleProgram dict = new PickleProgram().raw("}q\u0001(").text("self").raw("h\u0001");
    dict.text("w").tensor("0", 4, 0, FOUR, ONE).raw("h\u0001h\u0001u");
    ModelFile read = ModelFiles.read(file(dict.zipped(PickleProgram.floats(4))));
    assertThat(read.weights().get("w").floats()).containsExactly(0, 1, 2, 3);

    assertRefused(new PickleProgram().raw("]q\u0001h\u0001a").zipped(), "holds no state dict");
    PickleProgram tuple =
        new PickleProgram().raw("]q\u0001(h\u0001tq\u0002ah\u0002h\u0002}h\u0002h\u0002s");
    assertRefused(tuple.zipped(), "holds no tensors");
  }

  @Test
  void copying_the_same_list_again_and_again_is_refused() throws IOException {
    PickleProgram pickle = new PickleProgram().raw("](");
    for (int i = 0; i < 2000; i++) {
      pickle.raw("NN").raw(0x86);
    }
    pickle.raw("e").raw(0x85).raw("q\u0001");
    for (int i = 0; i < 5000; i++) {
      pickle.raw("ccollections\nOrderedDict\nh\u0001R");
    }
    assertRefused(pickle.zipped(), "steps");
  }

  @Test
  void a_pickle_of_too_many_steps_is_refused() throws IOException {
    assertRefused(new PickleProgram().raw("N".repeat(PickleReader.MOST_STEPS)).zipped(), "steps");
    assertRefused(new PickleProgram().raw("}".repeat(PickleReader.MOST_STEPS)).zipped(), "steps");
  }

  // Zip archives.

  @ParameterizedTest
  @ValueSource(strings = {"../../etc/passwd", "/etc/passwd", "m/../../x", "m\\x", "C:/x"})
  void an_entry_that_leaves_the_archive_is_refused(String name) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      PickleProgram.entry(zip, "m/data.pkl", new PickleProgram().raw("}").stop());
      PickleProgram.entry(zip, name, new byte[4]);
    }
    assertRefused(out.toByteArray(), "a path out of the archive");
  }

  @Test
  void two_entries_of_one_name_are_refused() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      PickleProgram.entry(zip, "m/data.pkl", new PickleProgram().raw("}").stop());
      PickleProgram.entry(zip, "m/data.pkk", new PickleProgram().raw("]").stop());
    }
    String bytes = out.toString(StandardCharsets.ISO_8859_1).replace("data.pkk", "data.pkl");
    assertRefused(bytes.getBytes(StandardCharsets.ISO_8859_1), "two zip entries named");
  }

  @Test
  void a_zip_bomb_is_refused() throws IOException {
    int bytes = 100 << 20;
    PickleProgram pickle = new PickleProgram().raw("}").text("w");
    pickle.tensor("0", bytes / 4, 0, new long[] {bytes / 4}, ONE).raw("s");
    assertRefused(deflated("data/0", pickle.stop(), new byte[bytes]), "out of a file of");
    PickleProgram small = new PickleProgram().raw("}").text("w");
    small.tensor("0", 4, 0, FOUR, ONE).raw("s");
    assertRefused(deflated("data/0", small.stop(), new byte[bytes]), "its pickle claims 16");
    assertRefused(
        deflated("x", new byte[(int) PickleReader.MOST_BYTES + 1], new byte[1]), "at most");
  }

  private static byte[] deflated(String name, byte[] pickle, byte[] content) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry("m/data.pkl"));
      zip.write(pickle);
      zip.putNextEntry(new ZipEntry("m/" + name));
      zip.write(content);
    }
    return out.toByteArray();
  }

  @Test
  void programs_foreign_archives_and_big_endian_files_are_refused() throws IOException {
    byte[] empty = new PickleProgram().raw("}").stop();
    assertRefused(archive(List.of("a/b"), empty), "it has no data.pkl");
    assertRefused(archive(List.of("a/data.pkl", "b/data.pkl"), empty), "several entries");
    assertRefused(archive(List.of("a/data.pkl", "a/constants.pkl"), empty), "TorchScript");
    assertRefused(archive(List.of("a/data.pkl", "a/code/x.py"), empty), "TorchScript");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      PickleProgram.entry(zip, "m/data.pkl", empty);
      PickleProgram.entry(zip, "m/byteorder", "big".getBytes(StandardCharsets.US_ASCII));
    }
    assertRefused(out.toByteArray(), "byte order 'big'");
  }

  @Test
  void an_entry_that_is_said_to_stand_behind_the_end_is_refused() throws IOException {
    byte[] zip = archive(List.of("a/data.pkl"), new PickleProgram().raw("}").stop());
    ByteBuffer lying = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
    int directory = lying.getInt(zip.length - 6);
    lying.putInt(directory + 42, Integer.MAX_VALUE - 9);

    assertRefused(zip, "zip entry 'data.pkl' is damaged: it ends too early");
  }

  private static byte[] archive(List<String> names, byte[] content) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (String name : names) {
        PickleProgram.entry(zip, name, content);
      }
    }
    return out.toByteArray();
  }

  // Safetensors.

  @Test
  void a_lying_safetensors_header_is_refused() throws IOException {
    assertRefused(safetensors(1L << 60, "{}", 0), "header of 1152921504606846976 bytes");
    assertRefused(safetensors(-1, "{}", 0), "header of 18446744073709551615 bytes");
    assertHeaderRefused("{\"a\":", 0, "damaged safetensors header");
    assertHeaderRefused("{} x", 0, "damaged safetensors header");
    assertHeaderRefused("{}[]", 0, "behind the JSON");
    assertHeaderRefused("{}", 4, "has 4 bytes of data, its header describes 0");
    assertHeaderRefused(tensors("a:F32:2:0:8", "a:F32:2:8:16"), 16, "uplicate");
    assertHeaderRefused(tensors("a:F32:2:0:8", "b:F32:2:4:12"), 12, "no gaps, no overlaps");
    assertHeaderRefused(tensors("a:F32:2:0:8", "b:F32:2:0:8"), 8, "no gaps, no overlaps");
    assertHeaderRefused(tensors("a:F32:2:0:8", "b:F32:2:12:20"), 20, "no gaps, no overlaps");
    assertHeaderRefused(tensors("a:F32:2:8:0"), 8, "no gaps, no overlaps");
    assertHeaderRefused(tensors("a:F32:3:0:8"), 8, "claims 3 values of F32, the file gives it 8");
    assertHeaderRefused(tensors("a:F32:1000000,1000000:0:8"), 8, "too large");
    assertHeaderRefused(tensors("a:F32:2:0:4000000000000"), 8, "claims 2 values");
    assertHeaderRefused(tensors("a:F32:500000:0:2000000"), 8, "has 8 bytes of data");
    assertHeaderRefused(tensors("a:F32:-2:0:8"), 8, "negative");
    assertHeaderRefused(tensors("a:F32:2.5:0:8"), 8, "other than whole numbers");
    assertHeaderRefused(tensors("a:F32:99999999999999999999:0:8"), 8, "header");
    assertHeaderRefused(tensors("a:F8_E4M3:8:0:8"), 8, "the dtype 'F8_E4M3', known are");
    assertHeaderRefused("{\"a\":{\"dtype\":\"F32\"}}", 0, "lacks one of");
    assertHeaderRefused("{\"a\":{\"eval\":1}}", 0, "unknown property 'eval'");
    assertHeaderRefused(
        "{\"__metadata__\":{\"a\":1}}",
        0,
        "has a number in __metadata__ of its safetensors header, expected a text");
    assertHeaderRefused("{\"a\":" + "[".repeat(100_000), 0, "header");
  }

  private void assertHeaderRefused(String json, int dataBytes, String cause) throws IOException {
    assertRefused(safetensors(json.length(), json, dataBytes), cause);
  }

  private static byte[] safetensors(long length, String json, int dataBytes) {
    byte[] header = json.getBytes(StandardCharsets.UTF_8);
    ByteBuffer file = ByteBuffer.allocate(8 + header.length + dataBytes);
    file.order(ByteOrder.LITTLE_ENDIAN).putLong(length).put(header);
    return file.array();
  }

  /** A header of tensors written as {@code name:dtype:shape:begin:end}. */
  private static String tensors(String... tensors) {
    return Stream.of(tensors)
        .map(tensor -> tensor.split(":"))
        .map(
            p ->
                String.format(
                    "\"%s\":{\"dtype\":\"%s\",\"shape\":[%s],\"data_offsets\":[%s,%s]}",
                    (Object[]) p))
        .collect(java.util.stream.Collectors.joining(",", "{", "}"));
  }

  // Damage.

  @ParameterizedTest
  @EnumSource(Sample.class)
  void a_file_cut_anywhere_is_refused(Sample sample) throws IOException {
    byte[] whole = sample.bytes();
    ModelFile expected = ModelFiles.read(file(whole));
    for (int fiftieth = 0; fiftieth < 50; fiftieth++) {
      Path cut = file(Arrays.copyOf(whole, whole.length * fiftieth / 50));
      assertThatThrownBy(() -> ModelFiles.read(cut)).isInstanceOf(BadModelFile.class);
    }
    assertThat(expected.weights().names()).isNotEmpty();
  }

  @ParameterizedTest
  @EnumSource(Sample.class)
  void flipped_bytes_never_do_more_than_make_a_file_bad(Sample sample) throws IOException {
    byte[] whole = sample.bytes();
    Random random = new Random(20261123);
    int refused = 0;
    for (int round = 0; round < 1000; round++) {
      byte[] damaged = whole.clone();
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        damaged[random.nextInt(whole.length)] = (byte) random.nextInt(256);
      }
      Path file = file(damaged);
      boolean read = assertTimeout(SOON, () -> reads(file), "round " + round);
      refused += read ? 0 : 1;
    }
    assertThat(refused).isPositive();
  }

  private static boolean reads(Path file) {
    try {
      for (WeightTensor tensor : ModelFiles.read(file).weights().asMap().values()) {
        assertThat(tensor.size()).isLessThan(1 << 24);
      }
      return true;
    } catch (BadModelFile e) {
      assertThat(e).message().startsWith(file.toString()).doesNotContain("\u001b", "\u0000");
      return false;
    }
  }

  /** Small sound files of every layout. */
  enum Sample {
    ZIP,
    LEGACY,
    SAFETENSORS;

    byte[] bytes() throws IOException {
      ModelFile model = SampleModels.checkpoint(SampleModels.weights(new Random(5)));
      return switch (this) {
        case ZIP -> SampleModels.bytes(model);
        case SAFETENSORS -> SampleModels.bytes(model.withLayout(ModelFile.Layout.SAFETENSORS));
        case LEGACY -> legacy();
      };
    }

    private static byte[] legacy() {
      PickleProgram pickle = new PickleProgram().raw("}(").text("epoch").raw("K\u0007");
      pickle.text("net").raw("ccollections\nOrderedDict\n)R(");
      for (int i = 0; i < 6; i++) {
        pickle
            .text("layer" + i + ".weight")
            .tensor("" + i, 16, 0, new long[] {4, 4}, new long[] {1, 4});
      }
      byte[][] storages = new byte[6][];
      Arrays.fill(storages, PickleProgram.floats(16));
      return pickle.raw("uu").legacy(storages);
    }
  }

  private Path file(byte[] content) throws IOException {
    return Files.write(folder.resolve("model.pth"), content);
  }

  private void assertRefused(byte[] content, String cause) throws IOException {
    Path file = file(content);
    assertTimeout(
        SOON,
        () ->
            assertThatThrownBy(() -> ModelFiles.read(file))
                .isInstanceOf(BadModelFile.class)
                .hasMessageContaining("model.pth: ")
                .hasMessageContaining(cause));
  }
}
