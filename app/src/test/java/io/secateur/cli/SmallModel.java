package io.secateur.cli;

import io.secateur.format.ModelFile;
import io.secateur.format.ModelFiles;
import io.secateur.nn.Architecture;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.StockArchitectures;
import io.secateur.nn.WeightTensor;
import io.secateur.nn.Weights;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** A tiny untrained network on disk. */
final class SmallModel {
  private SmallModel() {}

  static Weights weights(int classes) {
    Architecture architecture =
        StockArchitectures.build(
            "resnet20-w4", new StockArchitectures.Options(new FeatureShape(3, 32, 32), classes));
    Random random = new Random(1);
    Map<String, WeightTensor> tensors = new LinkedHashMap<>();
    architecture
        .requiredTensors()
        .forEach(
            (name, shape) -> {
              int size = 1;
              for (int extent : shape) {
                size *= extent;
              }
              float[] values = new float[size];
              for (int i = 0; i < size; i++) {
                values[i] = name.endsWith("running_var") ? 1 : (float) random.nextGaussian() * 0.1f;
              }
              tensors.put(name, WeightTensor.ofFloats(shape, values));
            });
    return Weights.of(tensors);
  }

  static Path write(Path file, Weights weights) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      ModelFiles.write(ModelFile.of(ModelFile.Layout.SAFETENSORS, weights), out);
    }
    return file;
  }
}
