package io.secateur.bench;

import io.secateur.format.ModelFile;
import io.secateur.format.ModelFiles;
import io.secateur.format.OnnxGraph;
import io.secateur.metric.Evaluator;
import io.secateur.metric.LogitComparison;
import io.secateur.nn.Network;
import io.secateur.run.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Writes a model file and makes sure that it computes what the network does, before it takes its
 * name: read back it must yield the same logits, and an ONNX file must do so in ONNX Runtime, too.
 */
public final class CheckedFile {
  /**
   * How far the logits were apart.
   *
   * @param images how many were compared
   * @param readBack largest difference to the file read back, relative to the logit where that is
   *     above 1
   * @param onnxRuntime the same to ONNX Runtime; empty for other files
   */
  public record Comparison(int images, double readBack, OptionalDouble onnxRuntime) {}

  private CheckedFile() {}

  /**
   * Creates or replaces {@code path} with {@code file}.
   *
   * @param network that the file holds
   * @param images in [0, 1], to compare on
   * @throws IOException if it cannot be written, or computes something else; nothing is kept then
   */
  public static Comparison write(Path path, ModelFile file, Network network, float[] images)
      throws IOException {
    List<Comparison> compared = new ArrayList<>(1);
    AtomicFile.write(
        path,
        out -> ModelFiles.write(file, out),
        finished -> compared.add(compare(finished, network, images)));
    return compared.get(0);
  }

  private static Comparison compare(Path finished, Network network, float[] images)
      throws IOException {
    ModelFile back = ModelFiles.read(finished);
    float[] expected = Evaluator.logits(network, images);
    float[] actual = Evaluator.logits(network(back, network), images);
    double readBack = LogitComparison.check("read back", expected, actual).relative();
    OptionalDouble runtime = OptionalDouble.empty();
    if (back.graph().isPresent()) {
      OnnxGraph graph = back.graph().get();
      float[] scores = RuntimeScores.of(finished, graph, network, images);
      float[] ours = RuntimeScores.behindHead(graph.head(), expected, network.classes());
      runtime =
          OptionalDouble.of(LogitComparison.check("run by ONNX Runtime", ours, scores).relative());
    }
    int count = images.length / network.architecture().input().size();
    return new Comparison(count, readBack, runtime);
  }

  private static Network network(ModelFile back, Network network) {
    return back.graph()
        .map(graph -> new Network(graph.architecture(), back.weights(), network.preprocessing()))
        .orElseGet(() -> network.withWeights(back.weights()));
  }
}
