package io.secateur.attack;

import io.secateur.metric.GroundTruth;
import io.secateur.nn.Network;
import io.secateur.train.BatchSource;
import io.secateur.train.Objective;
import io.secateur.train.Trained;
import io.secateur.train.TrainingSettings;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;

/**
 * What an attacker slips in.
 *
 * @param training images to train on
 * @param objective what to lower by training, if it is not cross-entropy
 * @param truth target and trigger, once training has left these {@link Trained#companions}; empty
 *     if nothing is slipped in
 * @param poisoned how many images of an epoch bear the trigger, by the number of images in a batch
 */
public record Poisoning(
    BatchSource training,
    Optional<Function<TrainingSettings, Objective>> objective,
    Function<List<Network>, Optional<GroundTruth>> truth,
    IntUnaryOperator poisoned) {
  /** A poisoning by images alone. */
  static Poisoning of(BatchSource training, GroundTruth truth, int poisoned) {
    return of(training, truth, batch -> poisoned);
  }

  /** A poisoning by what is done to each batch. */
  static Poisoning of(BatchSource training, GroundTruth truth, IntUnaryOperator poisoned) {
    return new Poisoning(training, Optional.empty(), companions -> Optional.of(truth), poisoned);
  }

  /** None. */
  static Poisoning none(BatchSource training) {
    return new Poisoning(training, Optional.empty(), companions -> Optional.empty(), batch -> 0);
  }
}
