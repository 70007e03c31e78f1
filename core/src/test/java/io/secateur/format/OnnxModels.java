package io.secateur.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.nn.Architecture;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Layer;
import io.secateur.nn.Network;
import io.secateur.nn.Preprocessing;
import io.secateur.nn.RandomNetworks;
import io.secateur.nn.WeightTensor;
import io.secateur.prune.Compaction;
import io.secateur.prune.NoSuchUnits;
import io.secateur.prune.PrunedChannel;
import io.secateur.prune.PruningPlan;
import io.secateur.prune.PruningSpace;
import io.secateur.prune.PruningUnit;
import io.secateur.prune.PruningUnits;
import io.secateur.prune.Surgery;
import io.secateur.prune.UnitKind;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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

  /**
   * Asserts that a tenth of the channels of every layer (of a narrow one, one) can be taken out of
   * {@code file}: the smaller network is written, read and run, and computes what the zeroed one
   * does.
   */
  static void assertPrunedByATenth(Path file, Path written) throws IOException {
    float[] zeroed = writeWithoutATenth(ModelFiles.read(file), written);
    ModelFile again = ModelFiles.read(written);
    assertThat(again.graph().orElseThrow().inputInfo())
        .isEqualTo(ModelFiles.read(file).graph().orElseThrow().inputInfo());
    assertComputesTheSame(written, again);
    Network smaller = network(again);
    float[] compact = RandomNetworks.logits(smaller, images(smaller), Map.of());
    assertThat(compact).hasSameSizeAs(zeroed);
    for (int i = 0; i < zeroed.length; i++) {
      double tolerance = 1e-4 * Math.max(1, Math.abs(zeroed[i]));
      assertThat((double) compact[i]).isCloseTo(zeroed[i], Offset.offset(tolerance));
    }
  }

  /** Returns the logits of the network with a tenth of its channels zeroed. */
  private static float[] writeWithoutATenth(ModelFile read, Path written) throws IOException {
    Network whole = network(read);
    PruningPlan plan = aTenth(whole.architecture());
    Network smaller = Compaction.of(whole, plan).network();
    assertThat(values(smaller)).isLessThan(values(whole));
    write(read.holding(smaller, ModelFile.Layout.ONNX), written);
    return RandomNetworks.logits(Surgery.apply(whole, plan), images(whole), Map.of());
  }

  private static float[] images(Network network) {
    return RandomNetworks.images(network.architecture().input(), 2, 5);
  }

  private static PruningPlan aTenth(Architecture architecture) {
    List<PrunedChannel> channels = new ArrayList<>();
    for (UnitKind kind : List.of(UnitKind.INNER, UnitKind.STREAM)) {
      try {
        PruningSpace space = PruningUnits.of(architecture, kind, 0);
        boolean[] gone = new boolean[space.size()];
        for (List<Integer> layer : space.layers().values()) {
          int count = layer.size() < 2 ? 0 : Math.max(1, layer.size() / 10);
          layer.stream()
              .filter(unit -> convolutional(architecture, space.units().get(unit)))
              .limit(count)
              .forEach(unit -> gone[unit] = true);
        }
        channels.addAll(PruningPlan.of(space, gone, unit -> 1, unit -> "drawn").channels());
      } catch (NoSuchUnits e) {
        // A network without additions has no streams.
      }
    }
    return new PruningPlan(channels);
  }

  private static boolean convolutional(Architecture architecture, PruningUnit unit) {
    return unit.channels().stream()
        .noneMatch(channel -> architecture.node(channel.node()).layer() instanceof Layer.Linear);
  }

  private static long values(Network network) {
    return network.weights().asMap().values().stream().mapToLong(WeightTensor::size).sum();
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
