package io.secateur.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.cli.CommandRunner.Outcome;
import io.secateur.format.ModelFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** ONNX models where the commands take any model. */
class OnnxCommandsTest {
  @TempDir private Path folder;

  private static Path fixture(String name) {
    return Path.of(System.getProperty("secateur.root", ".."), "core/src/test/resources/onnx", name);
  }

  private Outcome repair(Path model, String out, String... method) {
    String[] fixed = {
      "repair",
      model.toString(),
      "--out",
      folder.resolve(out).toString(),
      "--clean",
      "shapes:size=100",
      "--clean-size",
      "40",
      "--set",
      "hunt=false",
      "--seed",
      "5",
      "--quiet"
    };
    String[] args = Arrays.copyOf(fixed, fixed.length + method.length);
    System.arraycopy(method, 0, args, fixed.length, method.length);
    return CommandRunner.run(args);
  }

  @Test
  void a_network_gets_the_same_plan_as_onnx_and_as_safetensors() throws IOException {
    Path tensors = SmallModel.write(folder.resolve("m.safetensors"), SmallModel.weights(10));
    Path onnx = folder.resolve("m.onnx");
    assertThat(CommandRunner.run("convert", tensors.toString(), onnx.toString()).exitCode())
        .isZero();
    Outcome first = repair(tensors, "a", "--method", "clp", "--set", "clp-u=1");
    Outcome second = repair(onnx, "b", "--method", "clp", "--set", "clp-u=1");
    assertThat(second.exitCode()).as(second.err()).isEqualTo(first.exitCode());
    JsonNode plan = plan("a");
    assertThat(plan.toString()).contains("layer1.0.bn1");
    assertThat(plan("b")).isEqualTo(plan);
    assertThat(ModelFiles.read(written("b")).weights().asMap())
        .isEqualTo(ModelFiles.read(written("a")).weights().asMap());
    assertThat(written("b").toString()).endsWith(".onnx");
  }

  @Test
  void what_was_pruned_of_an_onnx_model_is_undone_to_the_bit() throws IOException {
    Path model = fixture("resnet.onnx");
    assertThat(repair(model, "out", "--method", "fp", "--set", "fp-fine-tune=false").exitCode())
        .isIn(0, 1, 5);
    Path back = folder.resolve("back.onnx");
    Path plan = folder.resolve("out/plan.json");

    Outcome undone =
        CommandRunner.run(
            "apply",
            "--undo",
            plan.toString(),
            written("out").toString(),
            "--out",
            back.toString());

    assertThat(undone.exitCode()).as(undone.err()).isZero();
    assertThat(ModelFiles.read(back).weights().asMap())
        .isEqualTo(ModelFiles.read(model).weights().asMap())
        .isNotEqualTo(ModelFiles.read(written("out")).weights().asMap());
  }

  @Test
  void a_compacted_onnx_model_is_smaller_and_says_its_layers_itself() throws IOException {
    Path model = fixture("resnet.onnx");
    Outcome outcome =
        repair(
            model,
            "out",
            "--method",
            "fp",
            "--set",
            "fp-fine-tune=false",
            "--compact",
            "--set",
            "fp-max-drop=90");

    assertThat(outcome.exitCode()).as(outcome.err()).isIn(0, 1, 5);
    assertThat(Files.size(written("out"))).isLessThan(Files.size(model));
    assertThat(folder.resolve("out")).isDirectoryNotContaining("glob:**.layers.yaml");
    Outcome read =
        CommandRunner.run("evaluate", written("out").toString(), "--data", "shapes:size=40");
    assertThat(read.exitCode()).as(read.err()).isZero();
  }

  @Test
  void a_compacted_onnx_model_is_undone_to_the_bit() throws IOException {
    Path model = fixture("resnet.onnx");
    repair(
        model,
        "out",
        "--method",
        "fp",
        "--set",
        "fp-fine-tune=false",
        "--compact",
        "--set",
        "fp-max-drop=90");
    String plan = folder.resolve("out/plan.json").toString();
    Path again = folder.resolve("again.onnx");
    Path back = folder.resolve("back.onnx");
    String[] undo = {"apply", "--undo", plan, again.toString(), "--out", back.toString()};
    CommandRunner.run("apply", plan, model.toString(), "--compact", "--out", again.toString());

    Outcome undone = CommandRunner.run(undo);

    assertThat(undone.exitCode()).as(undone.err()).isZero();
    assertThat(undone.out()).contains("byte for byte");
    assertThat(back).hasSameBinaryContentAs(model);

    Files.delete(back);
    Files.copy(model, again, StandardCopyOption.REPLACE_EXISTING);
    Outcome other = CommandRunner.run(undo);
    assertThat(other.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(other.err()).contains("again.undo.onnx belongs to a file with SHA-256");
    assertThat(back).doesNotExist();
  }

  @Test
  void every_operator_that_is_not_supported_is_listed() throws IOException {
    String bytes = Files.readString(fixture("resnet.onnx"), StandardCharsets.ISO_8859_1);
    Path odd = folder.resolve("odd.onnx");
    Files.writeString(odd, bytes.replace("Relu", "Gelu"), StandardCharsets.ISO_8859_1);

    Outcome outcome = CommandRunner.run("inspect", odd.toString());

    assertThat(outcome.exitCode()).isEqualTo(ExitCode.UNREADABLE);
    assertThat(outcome.out().lines())
        .hasSizeGreaterThan(1)
        .allMatch(line -> line.startsWith("Gelu (node ") && line.contains("opset"));
    assertThat(outcome.err().lines()).hasSize(1);
  }

  private JsonNode plan(String out) throws IOException {
    String text = Files.readString(folder.resolve(out).resolve("plan.json"));
    return new JsonMapper().readTree(text).path("channels");
  }

  private Path written(String out) throws IOException {
    try (var files = Files.list(folder.resolve(out))) {
      return files
          .filter(
              file ->
                  file.getFileName().toString().matches("(repaired|treated)\\.(onnx|safetensors)"))
          .findFirst()
          .orElseThrow();
    }
  }

  @Test
  void a_network_whose_norms_are_folded_is_repaired_and_stays_an_onnx_file() throws IOException {
    Outcome outcome =
        repair(fixture("resnet.onnx"), "out", "--method", "fp", "--set", "fp-epochs=1");
    assertThat(outcome.exitCode()).as(outcome.err()).isIn(0, 1, 5);
    assertThat(written("out").toString()).endsWith(".onnx");
    assertThat(ModelFiles.read(written("out")).graph().orElseThrow().output()).isEqualTo("scores");
    assertThat(Files.readString(folder.resolve("out/plan.json"))).contains("conv2");
  }

  @Test
  void what_is_no_sound_graph_ends_in_one_line() throws IOException {
    byte[] honest = Files.readAllBytes(fixture("resnet.onnx"));
    Path cut = Files.write(folder.resolve("cut.onnx"), Arrays.copyOf(honest, 9000));
    Outcome outcome = CommandRunner.run("inspect", cut.toString());
    assertThat(outcome.exitCode()).isEqualTo(ExitCode.UNREADABLE);
    assertThat(outcome.err()).startsWith("secateur: " + cut + ": ").hasLineCount(1);
    byte[] odd =
        new String(honest, StandardCharsets.ISO_8859_1)
            .replace("\"\u0004Relu", "\"\u0004Celu")
            .getBytes(StandardCharsets.ISO_8859_1);
    Path unknown = Files.write(folder.resolve("odd.onnx"), odd);
    outcome = CommandRunner.run("evaluate", unknown.toString(), "--data", "shapes:size=40");
    assertThat(outcome.exitCode()).isEqualTo(ExitCode.UNREADABLE);
    assertThat(outcome.err()).contains("Celu (node '/relu/Relu', opset 13)").hasLineCount(1);
  }

  @Test
  void inspect_shows_a_graph() {
    Outcome outcome = CommandRunner.run("inspect", fixture("shufflenet_v2.onnx").toString());
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(outcome.out()).contains("stage2.0").contains("shuffle");
  }
}
