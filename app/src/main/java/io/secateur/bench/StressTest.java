package io.secateur.bench;

import io.secateur.data.CleanSample;
import io.secateur.data.ImageSet;
import io.secateur.defence.RepairOutcome;
import io.secateur.defence.Retuning;
import io.secateur.metric.Evaluator;
import io.secateur.metric.Proportion;
import io.secateur.nn.Network;
import io.secateur.report.RepairResult;
import io.secateur.report.RepairResult.BeforeAfter;
import io.secateur.run.Progress;
import io.secateur.run.RunContext;
import io.secateur.trigger.Trigger;
import java.util.Optional;

/** A repaired network taught its backdoor again: what {@code repair --stress} adds. */
final class StressTest {
  private StressTest() {}

  /** Why there is nothing to teach; empty if there is. */
  static Optional<String> obstacle(RepairOutcome outcome, CleanSample sample) {
    if (outcome.target().isEmpty() || outcome.proxies().isEmpty()) {
      return Optional.of("--stress: no synthetic trigger is known that could be taught again");
    }
    return Retuning.possible(sample, outcome.target().getAsInt())
        ? Optional.empty()
        : Optional.of("--stress: it needs clean images of at least three classes");
  }

  /** Teaches and measures, where there is no {@link #obstacle}. */
  static RepairResult.Stress of(
      RepairRequest request, RepairOutcome outcome, CleanSample sample, RunContext run) {
    Retuning.Outcome again =
        Retuning.of(
            Retuning.Settings.DEFAULT,
            outcome.network(),
            strongest(outcome),
            outcome.target().getAsInt(),
            sample,
            run.under("stress"));
    Retuning.Result result = again.result();
    return new RepairResult.Stress(
        result.target(),
        new BeforeAfter(result.before(), result.after()),
        result.control(),
        new BeforeAfter(result.controlBefore(), result.controlAfter()),
        result.cleanAccuracy(),
        trueAsr(request, again.network(), run.progress()),
        result.poisoned(),
        result.epochs(),
        result.sleeps());
  }

  private static Optional<Proportion> trueAsr(
      RepairRequest request, Network network, Progress progress) {
    if (request.truth().isEmpty() || request.trusted().isEmpty()) {
      return Optional.empty();
    }
    ImageSet images = request.trusted().get();
    progress.begin("evaluate what was taught again", Evaluator.passes(images, request.truth()));
    Optional<Proportion> asr =
        Evaluator.evaluate(
                network, images, request.truth(), done -> progress.advance(done, "after"))
            .trueAsr();
    progress.end("ASR " + asr.map(String::valueOf).orElse("unknown"));
    return asr;
  }

  private static Trigger strongest(RepairOutcome outcome) {
    return outcome.relapses().isEmpty()
        ? outcome.proxies().get(0)
        : outcome.relapses().get(0).before().trigger();
  }
}
