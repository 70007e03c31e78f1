package io.secateur.cli;

import io.secateur.format.BadModelFile;
import io.secateur.format.LoadedModel;
import io.secateur.format.ModelSource;
import io.secateur.format.NoSuchArchitecture;
import io.secateur.metric.NonFiniteScores;
import io.secateur.nn.FeatureShape;
import io.secateur.text.Reason;
import java.util.Optional;
import java.util.function.Supplier;

/** From a file and the options about it to a network. */
final class ModelLoading {
  private ModelLoading() {}

  /**
   * Reads the model for images of {@code shape}.
   *
   * @throws BadModelFile if the file cannot be read, or its tensors fit no architecture, or not the
   *     one asked for
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

  /**
   * What is measured of a model.
   *
   * @throws BadModelFile naming the file if the network yields NaN or infinity
   */
  static <T> T measured(LoadedModel model, Supplier<T> measure) {
    try {
      return measure.get();
    } catch (NonFiniteScores e) {
      throw new BadModelFile(model.path(), Reason.of(e));
    }
  }
}
