package io.secateur.cli;

import io.secateur.bench.Zoo;
import io.secateur.nn.Preprocessing;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A model, and what its file does not say about it. */
final class ModelOptions {
  @Parameters(
      index = "0+",
      paramLabel = "MODEL",
      description =
          "Model file: PyTorch state dict or checkpoint, safetensors or ONNX; or zoo:NAME.")
  private Path model = Path.of("");

  @Option(
      names = "--arch",
      paramLabel = "NAME|FILE.yaml",
      description =
          "Architecture, or a list of its layers (default: recognised from the tensors; ONNX says it).")
  private @Nullable String architecture;

  @Option(
      names = "--preprocess",
      paramLabel = "HOW",
      description =
          "unit, cifar10, imagenet or mean=r,g,b;std=r,g,b (default: unit, pixels / 255).")
  private @Nullable String preprocessing;

  @Option(
      names = "--key",
      paramLabel = "PATH",
      description = "Where in a checkpoint the network stands, such as models/student.")
  private @Nullable String key;

  /** Options about {@code model} that say nothing more about it. */
  static ModelOptions of(Path model) {
    ModelOptions options = new ModelOptions();
    options.model = model;
    return options;
  }

  /** The file; that of a network of the zoo where its name stands. */
  Path model() {
    return zooName().map(name -> ZooCommand.zoo().model(name)).orElse(model);
  }

  /** The ground truth that comes with a network of the zoo. */
  Optional<Path> truth() {
    return zooName().flatMap(name -> ZooCommand.zoo().truth(name));
  }

  private Optional<String> zooName() {
    String text = model.toString();
    return text.startsWith(Zoo.PREFIX)
        ? Optional.of(text.substring(Zoo.PREFIX.length()))
        : Optional.empty();
  }

  Optional<String> architecture() {
    return Optional.ofNullable(architecture);
  }

  Optional<String> key() {
    return Optional.ofNullable(key);
  }

  boolean preprocessingGiven() {
    return preprocessing != null;
  }

  Preprocessing preprocessing() {
    try {
      return preprocessing == null ? Preprocessing.UNIT : Preprocessing.parse(preprocessing);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage("--preprocess: " + e.getMessage());
    }
  }
}
