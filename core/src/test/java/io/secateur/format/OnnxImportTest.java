package io.secateur.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.nn.FeatureShape;
import io.secateur.nn.Network;
import io.secateur.nn.RandomNetworks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OnnxImportTest {
  @TempDir private Path folder;

  static List<Path> fixtures() throws IOException {
    return OnnxModels.fixtures();
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void what_pytorch_wrote_computes_as_onnx_runtime_says(Path file) {
    OnnxModels.assertComputesTheSame(file, ModelFiles.read(file));
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void written_anew_from_our_layers_it_still_does(Path file) throws IOException {
    ModelFile read = ModelFiles.read(file);
    Network network = OnnxModels.network(read);
    ModelFile tensors = ModelFile.of(ModelFile.Layout.SAFETENSORS, read.weights());
    ModelFile anew = tensors.holding(network, ModelFile.Layout.ONNX);
    Path written = OnnxModels.write(anew, folder.resolve("anew.onnx"));
    ModelFile again = ModelFiles.read(written);
    OnnxModels.assertComputesTheSame(written, again);
    assertThat(again.graph().orElseThrow().architecture().nodes())
        .isEqualTo(network.architecture().nodes());
    assertThat(again.weights()).isEqualTo(read.weights());
  }

  @Test
  void an_open_number_of_images_stays_open_and_a_fixed_one_fixed() throws IOException {
    ModelFile open = ModelFiles.read(OnnxModels.fixture("resnet.onnx"));
    assertThat(open.graph().orElseThrow().batch()).isEmpty();
    assertThat(
            ModelFiles.read(OnnxModels.fixture("resnet-norms.onnx")).graph().orElseThrow().batch())
        .hasValue(1);
    Network network = OnnxModels.network(open);
    ModelFile anew =
        ModelFile.of(ModelFile.Layout.SAFETENSORS, open.weights())
            .holding(network, ModelFile.Layout.ONNX);
    FeatureShape shape = network.architecture().input();
    float[] images = RandomNetworks.images(shape, 5, 3);
    for (Path file :
        List.of(
            OnnxModels.fixture("resnet.onnx"),
            OnnxModels.write(anew, folder.resolve("anew.onnx")))) {
      assertThat(ModelFiles.read(file).graph().orElseThrow().batch()).isEmpty();
      assertThat(RuntimeOracle.scores(file, shape, images, 5))
          .containsExactly(RuntimeOracle.scores(file, shape, images), Offset.offset(1e-4f));
    }
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void its_layers_can_be_said_as_a_layer_list(Path file) {
    var architecture = ModelFiles.read(file).graph().orElseThrow().architecture();
    assertThat(LayerList.read(LayerList.write(architecture)).nodes())
        .isEqualTo(architecture.nodes());
  }

  @Test
  void layers_are_called_like_their_weights_or_else_like_pytorch_calls_them() {
    assertThat(names("resnet-norms.onnx")).contains("conv1", "bn1", "layer2.0.downsample.0", "fc");
    assertThat(names("resnet.onnx"))
        .contains("conv1", "layer1.0.add", "layer2.0.downsample.0", "fc");
  }

  private static List<String> names(String fixture) {
    ModelFile file = ModelFiles.read(OnnxModels.fixture(fixture));
    return file.graph().orElseThrow().architecture().nodes().stream().map(n -> n.name()).toList();
  }
}
