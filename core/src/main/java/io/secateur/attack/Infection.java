package io.secateur.attack;

import io.secateur.data.ImageSet;
import io.secateur.metric.GroundTruth;
import io.secateur.nn.Network;
import io.secateur.run.RunContext;
import io.secateur.train.Trainer;
import java.util.Optional;
import java.util.function.Function;

/** Poisons training images and trains a network on them. */
public final class Infection {
  private Infection() {}

  /**
   * Infects a copy of {@code start}, which may be fresh or already trained.
   *
   * @param clean training images, untouched
   */
  public static InfectedModel of(
      Network start, Attack attack, ImageSet clean, Trainer trainer, RunContext run) {
    return of(start, attack, clean, truth -> trainer, run);
  }

  /**
   * The same with a trainer that may know the truth, to watch the attack's success.
   *
   * @param trainer gets the truth where it is known before the training
   */
  public static InfectedModel of(
      Network start,
      Attack attack,
      ImageSet clean,
      Function<Optional<GroundTruth>, Trainer> trainer,
      RunContext run) {
    Poisoning poisoning = attack.poison(clean, run.seeds().child("poison"));
    Network network =
        trainer
            .apply(poisoning.truth())
            .train(start, poisoning.training(), run.under("training"))
            .network();
    return new InfectedModel(network, poisoning.truth(), poisoning.poisoned(), clean.size());
  }
}
