package io.secateur.bench;

import io.secateur.format.ModelFile;
import io.secateur.format.ModelFiles;
import io.secateur.format.OnnxGraph;
import io.secateur.metric.Evaluator;
import io.secateur.nn.Network;
import io.secateur.run.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * Writes a model file and makes sure that it computes what the network does, before it takes its
 * name: read back it must yield the same logits, and an ONNX file must do so in ONNX Runtime, too.
 */
public final class CheckedFile {
  /** Relative to a logit, absolute for one below 1. */
  static final double READ_BACK_TOLERANCE = 1e-4;

  /** The same, for a program that sums in another order. */
  static final double RUNTIME_TOLERANCE = 1e-4;

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
    double readBack = difference("read back", expected, actual, READ_BACK_TOLERANCE);
    OptionalDouble runtime = OptionalDouble.empty();
    if (back.graph().isPresent()) {
      OnnxGraph graph = back.graph().get();
      float[] scores = RuntimeScores.of(finished, graph, network, images);
      float[] ours = RuntimeScores.behindHead(graph.head(), expected, network.classes());
      runtime =
          OptionalDouble.of(difference("run by ONNX Runtime", ours, scores, RUNTIME_TOLERANCE));
    }
    int count = images.length / network.architecture().input().size();
    return new Comparison(count, readBack, runtime);
  }

  private static Network network(ModelFile back, Network network) {
    return back.graph()
        .map(graph -> new Network(graph.architecture(), back.weights(), network.preprocessing()))
        .orElseGet(() -> network.withWeights(back.weights()));
  }

  private static double difference(String how, float[] expected, float[] actual, double tolerance)
      throws IOException {
    if (expected.length != actual.length) {
      throw new IOException(
          how + ", the network yields " + actual.length + " scores instead of " + expected.length);
    }
    double largest = 0;
    for (int i = 0; i < expected.length; i++) {
      double apart = Math.abs(expected[i] - actual[i]) / Math.max(1, Math.abs(expected[i]));
      if (!(apart <= tolerance)) {
        throw new IOException(
            String.format(
                Locale.ROOT,
                "%s, the network computes something else (score %s instead of %s)",
                how,
                actual[i],
                expected[i]));
      }
      largest = Math.max(largest, apart);
    }
    return largest;
  }
}
