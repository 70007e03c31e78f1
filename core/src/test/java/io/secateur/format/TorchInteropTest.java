package io.secateur.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.secateur.nn.ElementType;
import io.secateur.nn.WeightTensor;
import io.secateur.nn.Weights;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against PyTorch itself, where the system's Python has it; skipped elsewhere. */
class TorchInteropTest {
  private static final String PYTHON = "/usr/bin/python3";

  @TempDir static Path folder;

  @BeforeAll
  static void let_pytorch_make_its_files() throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(Path.of(PYTHON)), "skipped: no " + PYTHON);
    assumeTrue(python("-c", "import torch, numpy").status() == 0, "skipped: no torch in " + PYTHON);
    try (InputStream script = TorchInteropTest.class.getResourceAsStream("torch_files.py")) {
      Files.write(folder.resolve("torch_files.py"), script.readAllBytes());
    }
    Said made = python(folder.resolve("torch_files.py").toString(), "make", folder.toString());
    assertThat(made.status()).as(made.text()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "state_dict",
        "plain_dict",
        "parameters",
        "parallel",
        "checkpoint",
        "views",
        "kinds"
      })
  void what_pytorch_saves_is_read_bit_by_bit(String name) throws IOException {
    List<String> expected = Files.readAllLines(folder.resolve(name + ".txt"));
    for (String layout : List.of("zip", "zip4", "legacy", "legacy4")) {
      ModelFile read = ModelFiles.read(folder.resolve(name + "." + layout + ".pth"));
      assertThat(lines(read)).as(layout).isEqualTo(expected);
    }
  }

  @Test
  void a_training_checkpoint_gives_its_network_and_its_scalars() {
    ModelFile read = ModelFiles.read(folder.resolve("checkpoint.zip.pth"));
    assertThat(read.path()).containsExactly("model");
    assertThat(read.scalars())
        .isEqualTo(
            Map.of(
                "epoch", new Scalar.Whole(12),
                "best_acc", new Scalar.Real(91.5),
                "arch", new Scalar.Text("small"),
                "loss", new Scalar.Real(0.5),
                "hits", new Scalar.Whole(7)));
    assertThat(ModelFiles.read(folder.resolve("parallel.legacy.pth")).prefix())
        .isEqualTo("module.");
  }

  @Test
  void whole_modules_and_programs_are_refused_with_advice() {
    assertThatThrownBy(() -> ModelFiles.read(folder.resolve("whole-module.pth")))
        .isInstanceOf(BadModelFile.class)
        .hasMessageContaining("torch.nn.modules.linear.Linear")
        .hasMessageContaining("save model.state_dict()");
    assertThatThrownBy(() -> ModelFiles.read(folder.resolve("script.pt")))
        .isInstanceOf(BadModelFile.class)
        .hasMessageContaining("TorchScript");
  }

  @Test
  void pytorch_reads_what_is_written_here() throws IOException, InterruptedException {
    Weights weights = named(SampleModels.weights(new Random(11)));
    ModelFile bare = ModelFile.of(ModelFile.Layout.TORCH_LEGACY, weights);
    ModelFile sample = SampleModels.checkpoint(weights);
    ModelFile nested =
        new ModelFile(
            sample.layout(), weights, "module.", List.of("net"), Map.of(), sample.scalars());

    ModelFile whole =
        new ModelFile(
            sample.layout(),
            weights,
            "module.",
            List.of("net"),
            Map.of(),
            Map.of("epoch", new Scalar.Whole(300)));

    List<String> bareLines = dump(bare, "-");
    List<String> nestedLines = dump(nested, "net");
    List<String> wholeLines = dump(whole, "net");

    assertThat(bareLines.get(0)).isEqualTo("OrderedDict");
    assertThat(bareLines.subList(1, bareLines.size())).isEqualTo(lines(bare));
    assertThat(wholeLines)
        .startsWith("OrderedDict", "scalar epoch 300")
        .endsWith(lines(nested).stream().map(line -> "module." + line).toArray(String[]::new));
    assertThat(nestedLines)
        .startsWith(
            "OrderedDict",
            "scalar epoch 300",
            "scalar seed -7000000000",
            "scalar best_acc 93.25",
            "scalar arch 'r\u00e9snet'",
            "scalar amp True",
            "scalar note None")
        .endsWith(lines(nested).stream().map(line -> "module." + line).toArray(String[]::new));
  }

  /** Names without blanks, which separate the fields of a line. */
  private static Weights named(Weights weights) {
    Map<String, WeightTensor> renamed = new LinkedHashMap<>();
    weights.asMap().forEach((name, tensor) -> renamed.put("t" + renamed.size(), tensor));
    renamed.put("all", WeightTensor.ofFloats(ElementType.F64, new int[0], new float[] {0.1f}));
    return Weights.of(renamed);
  }

  private static List<String> dump(ModelFile model, String key)
      throws IOException, InterruptedException {
    Path file = Files.write(folder.resolve("written.pth"), SampleModels.bytes(model));
    boolean floats = model.scalars().values().stream().anyMatch(Scalar.Real.class::isInstance);
    Said said =
        python(
            folder.resolve("torch_files.py").toString(),
            "dump",
            file.toString(),
            key,
            floats ? "floats" : "none");
    assertThat(said.status()).as(said.text()).isZero();
    return said.text().lines().toList();
  }

  private static List<String> lines(ModelFile model) {
    List<String> lines = new ArrayList<>();
    model
        .weights()
        .asMap()
        .forEach(
            (name, tensor) ->
                lines.add(
                    String.format(
                        "%s %s %s %s",
                        name,
                        tensor.type(),
                        Arrays.toString(tensor.shape()).replace(" ", ""),
                        HexFormat.of().formatHex(ElementCodec.encode(name, tensor)))));
    return lines;
  }

  private record Said(int status, String text) {}

  private static Said python(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(PYTHON));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(Map.of("OMP_NUM_THREADS", "1", "PYTHONIOENCODING", "utf-8"));
    builder.environment().put("PYTHONWARNINGS", "ignore");
    Process process = builder.start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    return new Said(process.exitValue(), text);
  }
}
