package io.secateur.bench;

import io.secateur.data.CleanSample;
import io.secateur.defence.RepairOutcome;
import io.secateur.defence.Retuning;
import io.secateur.metric.Evaluator;
import io.secateur.metric.Proportion;
import io.secateur.report.RepairResult;
import io.secateur.report.RepairResult.BeforeAfter;
import io.secateur.run.RunContext;
import io.secateur.trigger.Trigger;
import java.util.Optional;

/** A repaired network taught its backdoor again: what {@code repair --stress} adds. */
final class StressTest {
  private StressTest() {}

  /** Nothing where no trigger is known: there is nothing to teach. */
  static Optional<RepairResult.Stress> of(
      RepairRequest request, RepairOutcome outcome, CleanSample sample, RunContext run) {
    if (outcome.target().isEmpty() || outcome.proxies().isEmpty()) {
      return Optional.empty();
    }
    Retuning.Outcome again =
        Retuning.of(
            Retuning.Settings.DEFAULT,
            outcome.network(),
            strongest(outcome),
            outcome.target().getAsInt(),
            sample,
            run.under("stress"));
    Retuning.Result result = again.result();
    Optional<Proportion> trueAsr =
        request
            .trusted()
            .filter(images -> request.truth().isPresent())
            .flatMap(
                images -> Evaluator.evaluate(again.network(), images, request.truth()).trueAsr());
    return Optional.of(
        new RepairResult.Stress(
            result.target(),
            new BeforeAfter(result.before(), result.after()),
            result.control(),
            new BeforeAfter(result.controlBefore(), result.controlAfter()),
            result.cleanAccuracy(),
            trueAsr,
            result.poisoned(),
            result.epochs(),
            result.sleeps()));
  }

  private static Trigger strongest(RepairOutcome outcome) {
    return outcome.relapses().isEmpty()
        ? outcome.proxies().get(0)
        : outcome.relapses().get(0).before().trigger();
  }
}
