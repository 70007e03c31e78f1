package io.secateur.cli;

import io.secateur.format.LoadedModel;
import io.secateur.format.ModelSource;
import io.secateur.format.NoSuchArchitecture;
import io.secateur.nn.FeatureShape;
import java.util.Optional;

/** From a file and the options about it to a network. */
final class ModelLoading {
  private ModelLoading() {}

  /**
   * Reads the model for images of {@code shape}.
   *
   * @throws io.secateur.format.BadModelFile if the file cannot be read, or its tensors fit no
   *     architecture, or not the one asked for
   * @throws CommandFailure if there is no such architecture
   */
  static LoadedModel load(ModelOptions options, FeatureShape shape) {
    try {
      return new ModelSource(
              options.model(),
              options.architecture(),
              options.preprocessingGiven()
                  ? Optional.of(options.preprocessing())
                  : Optional.empty(),
              options.key())
          .load(shape);
    } catch (NoSuchArchitecture e) {
      throw CommandFailure.usage("--arch: " + e.getMessage());
    }
  }
}
