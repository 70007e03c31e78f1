package io.secateur.attack;

import io.secateur.data.ImageSet;
import io.secateur.nn.Network;
import io.secateur.run.RunContext;
import io.secateur.train.Trained;
import io.secateur.train.Trainer;
import java.util.function.Supplier;

/** Poisons training images and trains a network on them. */
public final class Infection {
  /** Is told after every epoch how the infection goes. */
  @FunctionalInterface
  public interface Watch {
    /** Does not look. */
    Watch NONE = (epoch, loss, model) -> "";

    /** All images are poisoned; training begins, or goes on. */
    default void begins() {}

    /**
     * An epoch is over.
     *
     * @param epoch from 1
     * @param loss mean over its batches
     * @param model as it is now, made only when asked for
     * @return a few words to show; may be empty
     */
    String epoch(int epoch, double loss, Supplier<InfectedModel> model);
  }

  private Infection() {}

  /**
   * Infects a copy of {@code start}, which may be fresh or already trained.
   *
   * @param clean training images, untouched
   * @throws IllegalArgumentException if batches are too small for the attack, or as {@link
   *     Attack#check} does
   */
  public static InfectedModel of(
      Network start, Attack attack, ImageSet clean, Trainer trainer, Watch watch, RunContext run) {
    int batch = Math.min(trainer.settings().batchSize(), clean.size());
    if (batch < attack.leastBatch()) {
      throw new IllegalArgumentException(
          "no image of a batch of " + batch + " would bear the trigger of " + attack.name());
    }
    Poisoning poisoning = attack.poison(clean, run.under("poison"));
    watch.begins();
    Trainer watched =
        trainer.watchedBy(
            (epoch, loss, trained) ->
                watch.epoch(epoch, loss, () -> model(poisoning, trained.get(), clean, batch)));
    Trainer fitting =
        poisoning
            .objective()
            .map(objective -> watched.lowering(objective.apply(trainer.settings())))
            .orElse(watched);
    return model(
        poisoning, fitting.train(start, poisoning.training(), run.under("training")), clean, batch);
  }

  private static InfectedModel model(
      Poisoning poisoning, Trained trained, ImageSet clean, int batch) {
    return new InfectedModel(
        trained.network(),
        poisoning.truth().apply(trained.companions()),
        poisoning.poisoned().applyAsInt(batch),
        clean.size());
  }
}
