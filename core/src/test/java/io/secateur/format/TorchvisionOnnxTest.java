package io.secateur.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.secateur.nn.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** torchvision's own classifiers, written by PyTorch while the test runs. */
class TorchvisionOnnxTest {
  private static final int MODELS = 26;
  private static final long LEAST_HEAP = 3L << 30;

  @TempDir private Path folder;

  @Test
  void the_classifiers_of_torchvision_are_read_run_written_pruned_by_a_tenth_and_run_again()
      throws Exception {
    String python = System.getenv().getOrDefault("SECATEUR_PYTHON", "python3");
    assumeTrue(
        succeeds(60, python, "-c", "import torch, torchvision, onnx"),
        python + " has no torch, torchvision and onnx; SECATEUR_PYTHON names one that has");
    assumeTrue(
        Runtime.getRuntime().maxMemory() >= LEAST_HEAP, "the larger ones need -Dtest.heap=4g");
    Path script =
        Path.of(System.getProperty("secateur.root", ".."), "core/src/test/onnx/make_models.py");
    assertThat(succeeds(1200, python, script.toString(), "large", folder.toString())).isTrue();
    List<Path> models;
    try (Stream<Path> files = Files.list(folder)) {
      models = files.sorted().toList();
    }
    assertThat(models).hasSize(MODELS);
    for (Path model : models) {
      assertReadAndWritten(model);
      OnnxModels.assertPrunedByATenth(model, folder.resolve("pruned.onnx"));
      Files.delete(model);
    }
  }

  private void assertReadAndWritten(Path model) throws IOException {
    ModelFile read = ModelFiles.read(model);
    OnnxModels.assertComputesTheSame(model, read);
    Network network = OnnxModels.network(read);
    ModelFile anew =
        ModelFile.of(ModelFile.Layout.SAFETENSORS, read.weights())
            .holding(network, ModelFile.Layout.ONNX);
    Path written = OnnxModels.write(anew, folder.resolve("anew.onnx"));
    OnnxModels.assertComputesTheSame(written, ModelFiles.read(written));
  }

  private static boolean succeeds(int seconds, String... command) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (process.waitFor(seconds, TimeUnit.SECONDS)) {
        return process.exitValue() == 0;
      }
      process.destroyForcibly();
      return false;
    } catch (IOException e) {
      return false;
    }
  }
}
