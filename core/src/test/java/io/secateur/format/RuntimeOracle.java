package io.secateur.format;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.secateur.nn.FeatureShape;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/** What ONNX Runtime makes of a file. */
final class RuntimeOracle {
  private RuntimeOracle() {}

  /** The first output for {@code images}, given one by one. */
  static float[] scores(Path file, FeatureShape shape, float[] images) {
    return scores(file, shape, images, 1);
  }

  /** The same, given so many at once. */
  static float[] scores(Path file, FeatureShape shape, float[] images, int batch) {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      try (OrtSession session =
          OrtEnvironment.getEnvironment().createSession(file.toString(), options)) {
        String input = session.getInputNames().iterator().next();
        int step = batch * shape.size();
        int count = images.length / step;
        float[] scores = new float[0];
        for (int i = 0; i < count; i++) {
          float[] one = Arrays.copyOfRange(images, i * step, (i + 1) * step);
          long[] dims = {batch, shape.channels(), shape.height(), shape.width()};
          try (OnnxTensor tensor =
                  OnnxTensor.createTensor(
                      OrtEnvironment.getEnvironment(), FloatBuffer.wrap(one), dims);
              OrtSession.Result result = session.run(Map.of(input, tensor))) {
            FloatBuffer values = ((OnnxTensor) result.get(0)).getFloatBuffer();
            int before = scores.length;
            scores = Arrays.copyOf(scores, before + values.remaining());
            values.get(scores, before, values.remaining());
          }
        }
        return scores;
      }
    } catch (OrtException e) {
      throw new AssertionError(file + ": " + e.getMessage(), e);
    }
  }
}
