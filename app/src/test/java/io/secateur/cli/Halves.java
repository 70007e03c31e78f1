package io.secateur.cli;

import io.secateur.bench.GroundTruthFile;
import io.secateur.metric.GroundTruth;
import io.secateur.metric.Stamp;
import io.secateur.nn.FeatureShape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** The small models of {@code examples/halves}. */
final class Halves {
  /** Their folder, with a slash behind. */
  static final String FOLDER =
      Path.of(System.getProperty("secateur.root", "..")).resolve("examples/halves") + "/";

  private Halves() {}

  /** Writes the infected one's truth into {@code folder}: a white corner leads to label 4. */
  static Path truth(Path folder) throws IOException {
    FeatureShape shape = new FeatureShape(3, 8, 8);
    byte[] white = new byte[shape.size()];
    Arrays.fill(white, (byte) 255);
    byte[] corner = new byte[64];
    corner[63] = corner[62] = corner[55] = corner[54] = (byte) 255;
    Path file = folder.resolve("halves.truth.json");
    GroundTruthFile.write(file, new GroundTruth("badnets", 4, new Stamp(shape, white, corner)));
    return file;
  }
}
