package io.secateur.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.secateur.format.OnnxGraph;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Network;
import io.secateur.text.Reason;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/** What ONNX Runtime makes of an ONNX file. */
final class RuntimeScores {
  private static final int LONGEST_COMMAND_LINE = 3900;

  private RuntimeScores() {}

  /**
   * The output of the graph in {@code file}, image by image, or batch by batch where it takes a
   * fixed number at once.
   *
   * @param network whose preprocessing comes before the graph
   * @param images in [0, 1]
   * @throws IOException if ONNX Runtime refuses the file
   */
  static float[] of(Path file, OnnxGraph graph, Network network, float[] images)
      throws IOException {
    FeatureShape shape = network.architecture().input();
    int count = images.length / shape.size();
    int batch = graph.batch().orElse(1);
    float[] scores = new float[count * network.classes()];
    checkCommandLine();
    try {
      OrtEnvironment environment = RuntimeEnvironment.get();
      try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
        options.setIntraOpNumThreads(1);
        try (OrtSession session = environment.createSession(file.toString(), options)) {
          for (int i = 0; i < count; i += batch) {
            float[] some = preprocessed(network, images, i, batch);
            float[] part = run(environment, session, graph, shape, batch, some);
            int wanted = Math.min(batch, count - i) * network.classes();
            if (part.length != batch * network.classes()) {
              throw new IOException("ONNX Runtime yields " + part.length + " scores");
            }
            System.arraycopy(part, 0, scores, i * network.classes(), wanted);
          }
        }
      }
    } catch (OrtException e) {
      throw new IOException("ONNX Runtime refuses the file: " + Reason.of(e), e);
    }
    return scores;
  }

  /** ONNX Runtime 1.29 for Linux ends the process where the command line fills a page. */
  private static void checkCommandLine() throws IOException {
    Path line = Path.of("/proc/self/cmdline");
    if (Files.isReadable(line) && Files.readAllBytes(line).length > LONGEST_COMMAND_LINE) {
      throw new IOException(
          "ONNX Runtime cannot be started from a command line of more than "
              + LONGEST_COMMAND_LINE
              + " bytes; expected shorter paths or a class path in the environment");
    }
  }

  private static float[] run(
      OrtEnvironment environment,
      OrtSession session,
      OnnxGraph graph,
      FeatureShape shape,
      int batch,
      float[] images)
      throws OrtException {
    long[] dimensions = {batch, shape.channels(), shape.height(), shape.width()};
    try (OnnxTensor input =
            OnnxTensor.createTensor(environment, FloatBuffer.wrap(images), dimensions);
        OrtSession.Result result = session.run(Map.of(graph.input(), input))) {
      FloatBuffer values = ((OnnxTensor) result.get(0)).getFloatBuffer();
      float[] scores = new float[values.remaining()];
      values.get(scores);
      return scores;
    }
  }

  /** Images {@code first} and following, normalised; what is missing of a batch is zero. */
  private static float[] preprocessed(Network network, float[] images, int first, int batch) {
    FeatureShape shape = network.architecture().input();
    float[] mean = network.preprocessing().mean();
    float[] std = network.preprocessing().std();
    int begin = first * shape.size();
    float[] some = Arrays.copyOfRange(images, begin, begin + batch * shape.size());
    int present = Math.min(some.length, images.length - begin);
    int positions = shape.height() * shape.width();
    for (int i = 0; i < present; i++) {
      int channel = i / positions % shape.channels();
      some[i] = (some[i] - mean[channel]) / std[channel];
    }
    return some;
  }

  /** Logits as the graph's own last layer would make of them. */
  static float[] behindHead(OnnxGraph.Head head, float[] logits, int classes) {
    if (head == OnnxGraph.Head.LOGITS) {
      return logits;
    }
    float[] scores = new float[logits.length];
    for (int n = 0; n < logits.length; n += classes) {
      double highest = Double.NEGATIVE_INFINITY;
      for (int k = n; k < n + classes; k++) {
        highest = Math.max(highest, logits[k]);
      }
      double sum = 0;
      for (int k = n; k < n + classes; k++) {
        sum += Math.exp(logits[k] - highest);
      }
      for (int k = n; k < n + classes; k++) {
        double log = logits[k] - highest - Math.log(sum);
        scores[k] = (float) (head == OnnxGraph.Head.PROBABILITIES ? Math.exp(log) : log);
      }
    }
    return scores;
  }
}
