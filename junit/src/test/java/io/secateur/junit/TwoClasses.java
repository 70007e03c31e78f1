package io.secateur.junit;

import io.secateur.format.ModelFile;
import io.secateur.format.ModelFiles;
import io.secateur.nn.WeightTensor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/** The infected network cut down to its first two classes. */
final class TwoClasses {
  private TwoClasses() {}

  static Path write(Path folder) throws IOException {
    ModelFile file = ModelFiles.read(Path.of(Halves.INFECTED));
    WeightTensor weight = file.weights().get("fc.weight");
    int columns = weight.shape()[1];
    float[] rows = Arrays.copyOf(weight.floats(), 2 * columns);
    Path model = folder.resolve("two.safetensors");
    try (OutputStream out = Files.newOutputStream(model)) {
      ModelFiles.write(
          file.withWeights(
              file.weights()
                  .with(
                      Map.of(
                          "fc.weight",
                          WeightTensor.ofFloats(new int[] {2, columns}, rows),
                          "fc.bias",
                          WeightTensor.ofFloats(new int[] {2}, new float[2])))),
          out);
    }
    return model;
  }
}
