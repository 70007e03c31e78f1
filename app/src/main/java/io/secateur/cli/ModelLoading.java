package io.secateur.cli;

import io.secateur.bench.FileHash;
import io.secateur.bench.LoadedModel;
import io.secateur.bench.SelfDescription;
import io.secateur.format.BadLayerList;
import io.secateur.format.BadModelFile;
import io.secateur.format.LayerList;
import io.secateur.format.ModelFile;
import io.secateur.format.ModelFiles;
import io.secateur.format.ReadOptions;
import io.secateur.nn.Architecture;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Network;
import io.secateur.nn.NetworkMismatch;
import io.secateur.nn.Preprocessing;
import io.secateur.nn.Recognition;
import io.secateur.nn.StockArchitectures;
import io.secateur.nn.UnknownArchitecture;
import io.secateur.nn.WeightTensor;
import io.secateur.nn.Weights;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** From a file and the options about it to a network. */
final class ModelLoading {
  private static final int MAX_LAYER_LIST = 1 << 20;

  private ModelLoading() {}

  /**
   * Reads the model for images of {@code shape}.
   *
   * @throws BadModelFile if the file cannot be read
   * @throws CommandFailure if its tensors fit no architecture, or not the one asked for
   */
  static LoadedModel load(ModelOptions options, FeatureShape shape) {
    Path path = options.model();
    ReadOptions how =
        options.key().map(ReadOptions.defaults()::withKey).orElse(ReadOptions.defaults());
    ModelFile file = ModelFiles.read(path, how);
    try {
      Optional<String> said = said(file, SelfDescription.ARCHITECTURE);
      Architecture architecture =
          options.architecture().isEmpty() && said.isPresent()
              ? stock(said.get(), file.weights(), shape, path)
              : architecture(options.architecture(), file.weights(), shape);
      Network network =
          new Network(architecture, file.weights(), preprocessing(options, file, path));
      return new LoadedModel(path, file, network, FileHash.sha256(path));
    } catch (UnknownArchitecture | NetworkMismatch e) {
      throw CommandFailure.unreadable(path + ": " + e.getMessage());
    }
  }

  private static Optional<String> said(ModelFile file, String key) {
    return Optional.ofNullable(file.metadata().get(key));
  }

  /** As asked for; else as the file says; else none but the division by 255. */
  private static Preprocessing preprocessing(ModelOptions options, ModelFile file, Path path) {
    Optional<String> said = said(file, SelfDescription.PREPROCESSING);
    if (options.preprocessingGiven() || said.isEmpty()) {
      return options.preprocessing();
    }
    try {
      return Preprocessing.parse(said.get());
    } catch (IllegalArgumentException e) {
      throw CommandFailure.unreadable(
          path + ": metadata " + SelfDescription.PREPROCESSING + ": " + e.getMessage());
    }
  }

  /** The architecture that the file says: a stock one by name, never a path to follow. */
  private static Architecture stock(String name, Weights weights, FeatureShape shape, Path path) {
    try {
      return StockArchitectures.build(
          name, new StockArchitectures.Options(shape, classes(weights)));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw CommandFailure.unreadable(
          path + ": metadata " + SelfDescription.ARCHITECTURE + ": " + e.getMessage());
    }
  }

  private static Architecture architecture(
      Optional<String> name, Weights weights, FeatureShape shape) {
    if (name.isEmpty()) {
      return Recognition.recognise(weights, shape);
    }
    if (name.get().endsWith(".yaml") || name.get().endsWith(".yml")) {
      return layerList(Path.of(name.get()));
    }
    try {
      return StockArchitectures.build(
          name.get(), new StockArchitectures.Options(shape, classes(weights)));
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage("--arch: " + e.getMessage());
    }
  }

  private static Architecture layerList(Path file) {
    try {
      if (Files.size(file) > MAX_LAYER_LIST) {
        throw CommandFailure.unreadable(
            "--arch: " + file + ": is longer than " + MAX_LAYER_LIST + " bytes");
      }
      return LayerList.read(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw CommandFailure.unreadable(
          "--arch: " + file + ": cannot be read; expected a stock architecture or a layer list");
    } catch (BadLayerList e) {
      throw CommandFailure.unreadable("--arch: " + file + ": " + e.getMessage());
    }
  }

  /** Rows of the last matrix in the file: the classifier, in every stock architecture. */
  private static int classes(Weights weights) {
    int classes = 2;
    for (WeightTensor tensor : weights.asMap().values()) {
      int[] tensorShape = tensor.shape();
      classes = tensorShape.length == 2 ? Math.max(2, tensorShape[0]) : classes;
    }
    return classes;
  }
}
