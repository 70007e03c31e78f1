package io.secateur.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.nn.FeatureShape;
import io.secateur.nn.Network;
import io.secateur.nn.Preprocessing;
import io.secateur.nn.RandomNetworks;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;

/** ONNX files for tests, and what is asked of each. */
final class OnnxModels {
  private OnnxModels() {}

  /** Those that PyTorch's exporter wrote; core/src/test/onnx/make_models.py tells how. */
  static List<Path> fixtures() throws IOException {
    try (Stream<Path> files = Files.list(folder())) {
      return files.filter(file -> file.toString().endsWith(".onnx")).sorted().toList();
    }
  }

  static Path fixture(String name) {
    return folder().resolve(name);
  }

  private static Path folder() {
    return Path.of(System.getProperty("secateur.root", ".."), "core/src/test/resources/onnx");
  }

  static Network network(ModelFile file) {
    return new Network(
        file.graph().orElseThrow().architecture(), file.weights(), Preprocessing.UNIT);
  }

  static Path write(ModelFile model, Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      ModelFiles.write(model, out);
    }
    return file;
  }

  /** Asserts that ONNX Runtime and our interpreter make the same of a file. */
  static void assertComputesTheSame(Path path, ModelFile model) {
    Network network = network(model);
    FeatureShape shape = network.architecture().input();
    float[] images = RandomNetworks.images(shape, 2, 5);
    float[] expected = RuntimeOracle.scores(path, shape, images);
    float[] actual = RandomNetworks.logits(network, images, Map.of());
    OnnxGraph.Head head = model.graph().orElseThrow().head();
    if (head != OnnxGraph.Head.LOGITS) {
      softmax(actual, network.classes());
    }
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      double tolerance = 1e-4 * Math.max(1, Math.abs(expected[i]));
      assertThat((double) actual[i])
          .as("%s, score %d", path.getFileName(), i)
          .isCloseTo(expected[i], Offset.offset(tolerance));
    }
  }

  private static void softmax(float[] scores, int classes) {
    for (int n = 0; n < scores.length; n += classes) {
      double sum = 0;
      for (int k = n; k < n + classes; k++) {
        sum += Math.exp(scores[k]);
      }
      for (int k = n; k < n + classes; k++) {
        scores[k] = (float) (Math.exp(scores[k]) / sum);
      }
    }
  }
}
