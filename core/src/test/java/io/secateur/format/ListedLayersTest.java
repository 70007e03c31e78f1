package io.secateur.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.secateur.nn.FeatureShape;
import io.secateur.nn.Network;
import io.secateur.nn.Preprocessing;
import io.secateur.nn.RandomNetworks;
import io.secateur.nn.WeightTensor;
import io.secateur.nn.Weights;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tensors of a network that nobody knows, with a list of its layers. */
class ListedLayersTest {
  private static final String LAYERS =
      """
      name: mine
      input: {channels: 3, height: 8, width: 8}
      layers:
        - {name: stem, type: conv, out: 4, kernel: 3, padding: 1, bias: false}
        - {name: norm, type: batch-norm}
        - {name: act, type: silu}
        - {name: pool, type: global-average-pool}
        - {name: flat, type: flatten}
        - {name: head, type: linear, out: 2}
      """;

  @TempDir private Path folder;
  private Network network;

  @BeforeEach
  void make() {
    network = RandomNetworks.of(LayerList.read(LAYERS), 1);
  }

  @Test
  void the_list_accounts_for_every_tensor() throws IOException {
    Path model = model(Map.of());

    assertThat(load(model, LAYERS).architecture().nodes())
        .isEqualTo(network.architecture().nodes());
    assertRefused(
        model,
        LAYERS.replace("  - {name: norm, type: batch-norm}\n", ""),
        "tensor 'norm.weight' is extra: no layer reads it",
        "'norm.running_var'");
    assertRefused(
        model,
        LAYERS.replace("name: head", "name: fc"),
        "tensor 'fc.weight' is missing",
        "tensor 'fc.bias' is missing",
        "tensor 'head.weight' is extra");
    assertRefused(
        model,
        LAYERS.replace("out: 2", "out: 3"),
        "tensor 'head.weight' has shape [2, 4], expected [3, 4]");
  }

  @Test
  void tensors_that_no_layer_reads_are_named_and_survive() throws IOException {
    Path model =
        model(
            Map.of(
                "aux.weight", WeightTensor.ofFloats(new int[] {1}, new float[1]),
                "norm.num_batches_tracked", WeightTensor.ofFloats(new int[] {1}, new float[1])));

    assertRefused(model, LAYERS, "tensor 'aux.weight' is extra");
    Network read = load(model, LAYERS + "unread: [aux.weight]\n");

    assertThat(read.unread()).containsExactly("aux.weight");
    Network again = load(model, LayerList.write(read));
    assertThat(again.unread()).containsExactly("aux.weight");
    assertThat(again.weights()).isEqualTo(read.weights());
  }

  @Test
  void numbers_that_give_no_numbers_are_refused() throws IOException {
    Path model =
        model(
            Map.of(
                "norm.running_var",
                WeightTensor.ofFloats(new int[] {4}, new float[] {1, 0, -1, 1})));

    assertRefused(model, LAYERS, "tensor 'norm.running_var' holds -1.0, which is no variance");
    Path sound = model(Map.of());
    for (String setting :
        new String[] {
          "batch-norm, epsilon: .nan",
          "batch-norm, epsilon: -0.1",
          "elu, alpha: .inf",
          "leaky-relu, slope: 1e300",
          "clip, low: 1, high: 0",
          "clip, low: .nan, high: 0"
        }) {
      assertRefused(sound, LAYERS.replace("silu", setting), "line 6");
    }
    assertRefused(sound, LAYERS.replace("height: 8", "height: 100000000"), "line 2", "too large");
  }

  @Test
  void a_list_that_would_be_waited_for_is_refused() throws IOException {
    Path device = Path.of("/dev/zero");
    assumeTrue(Files.exists(device), "skipped: no " + device);
    Path list = Files.createSymbolicLink(folder.resolve("device.yaml"), device);

    assertThatThrownBy(() -> load(model(Map.of()), list))
        .isInstanceOf(BadModelFile.class)
        .hasMessage(list + ": is no regular file");
  }

  private Path model(Map<String, WeightTensor> more) throws IOException {
    Map<String, WeightTensor> tensors = new LinkedHashMap<>(network.weights().asMap());
    tensors.putAll(more);
    Path path = folder.resolve("model.safetensors");
    try (OutputStream out = Files.newOutputStream(path)) {
      ModelFiles.write(ModelFile.of(ModelFile.Layout.SAFETENSORS, Weights.of(tensors)), out);
    }
    return path;
  }

  private Network load(Path model, String layers) throws IOException {
    return load(model, Files.writeString(folder.resolve("mine.yaml"), layers));
  }

  private static Network load(Path model, Path list) {
    return new ModelSource(
            model, Optional.of(list.toString()), Optional.of(Preprocessing.UNIT), Optional.empty())
        .load(new FeatureShape(3, 8, 8))
        .network();
  }

  private void assertRefused(Path model, String layers, String... words) {
    assertThatThrownBy(() -> load(model, layers))
        .isInstanceOf(BadModelFile.class)
        .hasMessageStartingWith(folder.toString())
        .hasMessageContainingAll(words);
  }
}
