package io.secateur.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.Schemas;
import io.secateur.cli.CommandRunner.Outcome;
import io.secateur.format.ModelFile;
import io.secateur.format.ModelFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConvertCommandTest {
  @TempDir private Path folder;

  private Path fixture(String name) {
    return Path.of(System.getProperty("secateur.root", ".."), "core/src/test/resources/onnx", name);
  }

  private Outcome convert(Path from, Path to, String... more) {
    String[] args = new String[3 + more.length];
    args[0] = "convert";
    args[1] = from.toString();
    args[2] = to.toString();
    System.arraycopy(more, 0, args, 3, more.length);
    return CommandRunner.run(args);
  }

  @Test
  void a_model_goes_through_all_formats_and_comes_back_with_the_same_weights() throws IOException {
    Path start = SmallModel.write(folder.resolve("start.safetensors"), SmallModel.weights(10));
    Path onnx = folder.resolve("a.onnx");
    Path torch = folder.resolve("b.pth");
    Path end = folder.resolve("c.safetensors");
    assertThat(convert(start, onnx, "--preprocess", "cifar10").exitCode()).isZero();
    String said = convert(onnx, torch, "--json").out();
    Schemas.assertDocumented("convert", said);
    assertThat(said).contains("\"preprocessing\" : \"cifar10\"");
    assertThat(convert(torch, end, "--preprocess", "cifar10").exitCode()).isZero();
    ModelFile first = ModelFiles.read(start);
    ModelFile last = ModelFiles.read(end);
    assertThat(last.weights().asMap()).isEqualTo(first.weights().asMap());
    assertThat(last.metadata()).containsEntry("secateur.architecture", "resnet20-w4");
    assertThat(ModelFiles.read(onnx).metadata()).containsEntry("secateur.preprocessing", "cifar10");
  }

  @Test
  void an_unknown_network_leaves_with_a_list_of_its_layers() throws IOException {
    Path tensors = folder.resolve("odd.safetensors");
    Outcome there = convert(fixture("odds.onnx"), tensors);
    assertThat(there.exitCode()).as(there.err()).isZero();
    assertThat(there.out()).contains("keep ").contains("odd.layers.yaml");
    Outcome back = convert(tensors, folder.resolve("back.onnx"));
    Schemas.assertDocumented(
        "convert", convert(tensors, folder.resolve("back.onnx"), "--force", "--json").out());
    Schemas.assertDocumented(
        "convert", convert(fixture("odds.onnx"), tensors, "--force", "--json").out());
    assertThat(back.exitCode()).as(back.err()).isZero();
    assertThat(back.out()).contains("ONNX Runtime");
    try (var files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()).toList())
          .containsExactlyInAnyOrder("odd.safetensors", "odd.layers.yaml", "back.onnx");
    }
  }

  @Test
  void a_list_of_layers_that_lies_there_is_not_taken_for_the_new_files() throws IOException {
    Path model = SmallModel.write(folder.resolve("m.safetensors"), SmallModel.weights(10));
    Path out = folder.resolve("odd.safetensors");
    assertThat(convert(fixture("odds.onnx"), out).exitCode()).isZero();
    assertThat(folder.resolve("odd.layers.yaml")).exists();

    assertThat(convert(model, out, "--force").exitCode()).isZero();

    assertThat(folder.resolve("odd.layers.yaml")).doesNotExist();
    assertThat(ModelFiles.read(out).weights().asMap())
        .isEqualTo(ModelFiles.read(model).weights().asMap());
  }

  @Test
  void what_cannot_be_converted_is_said_in_one_line_and_nothing_is_written() throws IOException {
    Path taken = Files.writeString(folder.resolve("taken.onnx"), "mine");
    Path model = SmallModel.write(folder.resolve("m.safetensors"), SmallModel.weights(10));
    assertRefused(convert(model, taken), ExitCode.USAGE, "is there already");
    assertRefused(convert(model, folder.resolve("m.h5")), ExitCode.USAGE, "ends in .safetensors");
    assertRefused(
        convert(model, folder.resolve("m2.onnx"), "--to", "h5"), ExitCode.USAGE, "--to is 'h5'");
    assertRefused(
        convert(fixture("resnet.onnx"), folder.resolve("m3.pth"), "--arch", "resnet18"),
        ExitCode.USAGE,
        "holds its architecture");
    assertThat(Files.readString(taken)).isEqualTo("mine");
    try (var files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .allMatch(Set.of("taken.onnx", "m.safetensors")::contains);
    }
  }

  private static void assertRefused(Outcome outcome, int exitCode, String words) {
    assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(exitCode);
    assertThat(outcome.err()).contains(words).doesNotContain("Exception");
    assertThat(outcome.out()).isEmpty();
  }
}
