package io.secateur.cli;

import io.secateur.format.BadModelFile;
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
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/** From a file and the options about it to a network. */
final class ModelLoading {
  private ModelLoading() {}

  /**
   * Reads the model for images of {@code shape}.
   *
   * @throws BadModelFile if the file cannot be read
   * @throws CommandFailure if its tensors fit no architecture, or not the one asked for
   */
  static LoadedModel load(ModelOptions options, FeatureShape shape) {
    Path path = options.model();
    Preprocessing preprocessing = options.preprocessing();
    ReadOptions how =
        options.key().map(ReadOptions.defaults()::withKey).orElse(ReadOptions.defaults());
    ModelFile file = ModelFiles.read(path, how);
    try {
      Architecture architecture = architecture(options.architecture(), file.weights(), shape);
      Network network = new Network(architecture, file.weights(), preprocessing);
      return new LoadedModel(path, file, network, sha256(path));
    } catch (UnknownArchitecture | NetworkMismatch e) {
      throw CommandFailure.unreadable(path + ": " + e.getMessage());
    }
  }

  private static Architecture architecture(
      Optional<String> name, Weights weights, FeatureShape shape) {
    if (name.isEmpty()) {
      return Recognition.recognise(weights, shape);
    }
    try {
      return StockArchitectures.build(
          name.get(), new StockArchitectures.Options(shape, classes(weights)));
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage("--arch: " + e.getMessage());
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

  static String sha256(Path path) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      try (InputStream in = new DigestInputStream(Files.newInputStream(path), digest)) {
        in.transferTo(java.io.OutputStream.nullOutputStream());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw new BadModelFile(path, "cannot be read: " + e.getMessage());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
