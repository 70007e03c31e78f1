package io.secateur.bench;

import io.secateur.data.ImageSet;
import io.secateur.defence.FineTuning;
import io.secateur.format.LoadedModel;
import io.secateur.metric.Evaluation;
import io.secateur.metric.Evaluator;
import io.secateur.metric.GroundTruth;
import io.secateur.metric.Proportion;
import io.secateur.nn.Network;
import io.secateur.run.RandomOrder;
import io.secateur.run.RunContext;
import io.secateur.train.BatchSource;
import java.util.Optional;

/**
 * How hard a backdoor is to remove: a model fine-tuned on a few clean images, all of them, without
 * a look for a trigger. Backdoors that do not survive this say little about better defences.
 */
public final class FineTuningTrial {
  /** Images per step. */
  public static final int BATCH = 125;

  private FineTuningTrial() {}

  /** A figure before and after. */
  public record Change(Proportion before, Proportion after) {}

  /**
   * What a trial gave.
   *
   * @param recoveryAccuracy triggered images given their own label
   */
  public record Result(
      int schemaVersion,
      String modelSha256,
      String data,
      int cleanSize,
      FineTuning.Settings settings,
      long seed,
      Change cleanAccuracy,
      Optional<Change> trueAsr,
      Optional<Change> recoveryAccuracy) {}

  /**
   * Fine-tunes and measures.
   *
   * @param clean images to draw {@code cleanSize} from
   * @param test images to measure on
   */
  public static Result of(
      LoadedModel model,
      FineTuning.Settings settings,
      ImageSet clean,
      int cleanSize,
      ImageSet test,
      Optional<GroundTruth> truth,
      RunContext run) {
    ImageSet drawn =
        clean.select(
            RandomOrder.draw(clean.indices(), cleanSize, run.seeds().random("clean-sample")));
    Network tuned = FineTuning.tune(settings, model.network(), BatchSource.of(drawn), run);
    Evaluation before = measured("before", model.network(), test, truth, run);
    Evaluation after = measured("after", tuned, test, truth, run);
    return new Result(
        1,
        model.sha256(),
        test.name(),
        cleanSize,
        settings,
        run.seeds().root(),
        new Change(before.cleanAccuracy(), after.cleanAccuracy()),
        change(before.trueAsr(), after.trueAsr()),
        change(before.recoveryAccuracy(), after.recoveryAccuracy()));
  }

  private static Evaluation measured(
      String when, Network network, ImageSet test, Optional<GroundTruth> truth, RunContext run) {
    run.progress().begin("evaluate " + when, Evaluator.passes(test, truth));
    Evaluation evaluation =
        Evaluator.evaluate(network, test, truth, done -> run.progress().advance(done, ""));
    run.progress().end("CA " + evaluation.cleanAccuracy());
    return evaluation;
  }

  private static Optional<Change> change(Optional<Proportion> before, Optional<Proportion> after) {
    return before.flatMap(b -> after.map(a -> new Change(b, a)));
  }
}
