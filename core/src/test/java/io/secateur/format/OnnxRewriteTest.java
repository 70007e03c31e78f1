package io.secateur.format;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.secateur.nn.Layer;
import io.secateur.nn.Network;
import io.secateur.nn.Node;
import io.secateur.nn.WeightTensor;
import io.secateur.prune.PrunedChannel;
import io.secateur.prune.PruningPlan;
import io.secateur.prune.Surgery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OnnxRewriteTest {
  @TempDir private Path folder;

  static List<Path> fixtures() throws IOException {
    return OnnxModels.fixtures();
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void a_file_that_nothing_changed_leaves_as_it_came(Path file) throws IOException {
    Path written = OnnxModels.write(ModelFiles.read(file), folder.resolve("same.onnx"));
    assertThat(ModelProto.parseFrom(Files.readAllBytes(written)))
        .isEqualTo(ModelProto.parseFrom(Files.readAllBytes(file)));
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void every_weight_can_change_and_the_file_computes_with_the_new_ones(Path file)
      throws IOException {
    ModelFile read = ModelFiles.read(file);
    Map<String, WeightTensor> changed = new LinkedHashMap<>();
    read.weights()
        .asMap()
        .forEach(
            (name, tensor) -> {
              float[] values = tensor.floats();
              for (int i = 0; i < values.length; i++) {
                values[i] *= 1 + 0.01f * (i % 7);
              }
              changed.put(name, tensor.withFloats(values));
            });
    ModelFile other = read.withWeights(read.weights().with(changed));
    Path written = OnnxModels.write(other, folder.resolve("changed.onnx"));
    ModelFile again = ModelFiles.read(written);
    assertThat(again.weights()).isEqualTo(other.weights());
    OnnxModels.assertComputesTheSame(written, again);
  }

  /** All but those whose operators hold every channel in its place. */
  static List<Path> shrinking() throws IOException {
    return fixtures().stream().filter(file -> !file.toString().contains("odds")).toList();
  }

  @ParameterizedTest
  @MethodSource("shrinking")
  void a_tenth_of_the_channels_can_be_taken_out_and_the_file_still_runs(Path file)
      throws IOException {
    OnnxModels.assertPrunedByATenth(file, folder.resolve("pruned.onnx"));
  }

  @Test
  void pruning_where_norms_are_folded_changes_filters_and_biases_only() throws IOException {
    ModelFile read = ModelFiles.read(OnnxModels.fixture("resnet.onnx"));
    Network network = OnnxModels.network(read);
    List<PrunedChannel> channels = new ArrayList<>();
    for (Node node : network.architecture().nodes()) {
      if (node.layer() instanceof Layer.Conv2d) {
        channels.add(new PrunedChannel(node.name(), 1, 0.5, "test"));
      }
    }
    Network pruned = Surgery.apply(network, new PruningPlan(channels));
    Path written =
        OnnxModels.write(
            read.holding(pruned, ModelFile.Layout.ONNX), folder.resolve("pruned.onnx"));
    OnnxModels.assertComputesTheSame(written, ModelFiles.read(written));
    GraphProto before =
        ModelProto.parseFrom(Files.readAllBytes(OnnxModels.fixture("resnet.onnx"))).getGraph();
    GraphProto after = ModelProto.parseFrom(Files.readAllBytes(written)).getGraph();
    assertThat(after.toBuilder().clearInitializer().build())
        .isEqualTo(before.toBuilder().clearInitializer().build());
    int same = 0;
    for (int i = 0; i < before.getInitializerCount(); i++) {
      TensorProto old = before.getInitializer(i);
      TensorProto now = after.getInitializer(i);
      assertThat(now.toBuilder().clearRawData().build())
          .isEqualTo(old.toBuilder().clearRawData().build());
      same += now.equals(old) ? 1 : 0;
    }
    assertThat(same).isEqualTo(before.getInitializerCount() - 2 * channels.size());
  }
}
