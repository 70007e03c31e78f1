package io.secateur.defence;

import io.secateur.data.CleanSample;
import io.secateur.engine.Scope;
import io.secateur.nn.Network;
import io.secateur.run.RunContext;
import io.secateur.train.BatchSource;
import io.secateur.train.Objective;
import io.secateur.train.Trainer;
import io.secateur.train.TrainingSettings;

/**
 * A treatment that is one training of all weights on the tuning part of the clean sample, under a
 * loss of its own. The trainer makes it resume, tell its progress and depend on the seed alone. The
 * network after the last step is the result: nothing is selected, so the hold-out part stays
 * unseen.
 */
interface TrainedTreatment extends Treatment {
  /** How the weights are moved. */
  TrainingSettings training();

  /**
   * What is lowered. May train first, and hold native memory of the scope that is open: {@link
   * #treat} opens one around the whole training.
   */
  Objective objective(Network suspect, CleanSample clean, RunContext run);

  @Override
  default Treated treat(Network suspect, CleanSample clean, RunContext run) {
    RunContext own = run.under(name());
    try (Scope reference = Scope.open()) {
      Objective objective = objective(suspect, clean, own);
      return Treated.of(
          Trainer.of(training())
              .lowering(objective)
              .train(suspect, BatchSource.of(clean.tune()), own)
              .network());
    }
  }
}
