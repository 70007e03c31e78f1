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
import io.secateur.run.TimeSpent;
import io.secateur.train.TrainingDiverged;
import java.util.List;
import java.util.Optional;

/**
 * A repaired network taught its backdoor again: what a repair does last, as little success of the
 * attack today is no proof that the backdoor is gone. Whatever becomes of it, the repair stands.
 */
final class StressTest {
  private static final String UNKNOWN = "whether the backdoor only sleeps was not tried: ";

  private final RepairRequest request;
  private final CleanSample sample;
  private final RunContext run;

  StressTest(RepairRequest request, CleanSample sample, RunContext run) {
    this.request = request;
    this.sample = sample;
    this.run = run.under(Retuning.BRANCH);
  }

  /**
   * Teaches and measures, if that was not left out and something was repaired.
   *
   * @param notes get what the user must know: that the backdoor sleeps, or why that cannot be told
   */
  Optional<RepairResult.Stress> of(RepairOutcome outcome, List<String> notes) {
    if (!request.stress() || !Retuning.due(request.model().network(), outcome)) {
      return Optional.empty();
    }
    if (Retuning.lesson(outcome).isEmpty()) {
      notes.add(UNKNOWN + "what was found cannot be put on images, it raises channels inside");
      return Optional.empty();
    }
    if (!Retuning.possible(sample, outcome)) {
      notes.add(UNKNOWN + "it needs clean images of at least three classes");
      return Optional.empty();
    }
    try {
      RepairResult.Stress stress =
          run.checkpoints().once(key(), RepairResult.Stress.class, () -> measured(outcome));
      stress.warning().ifPresent(notes::add);
      return Optional.of(stress);
    } catch (TimeSpent e) {
      notes.add(UNKNOWN + "the time budget was spent before");
    } catch (TrainingDiverged e) {
      notes.add(UNKNOWN + "the training with a few poisoned images went astray");
    }
    return Optional.empty();
  }

  /** A run may be resumed with a truth that it did not have before. */
  private String key() {
    return measurable() ? "result-with-truth" : "result";
  }

  private boolean measurable() {
    return request.truth().isPresent() && request.trusted().isPresent();
  }

  private RepairResult.Stress measured(RepairOutcome outcome) {
    Retuning.Outcome again = Retuning.of(Retuning.Settings.DEFAULT, outcome, sample, run);
    Retuning.Result result = again.result();
    return new RepairResult.Stress(
        result.target(),
        new BeforeAfter(result.before(), result.after()),
        result.control(),
        new BeforeAfter(result.controlBefore(), result.controlAfter()),
        result.cleanAccuracy(),
        trueAsr(again.network(), run.progress()),
        result.poisoned(),
        result.epochs(),
        result.sleeps());
  }

  private Optional<Proportion> trueAsr(Network network, Progress progress) {
    if (!measurable()) {
      return Optional.empty();
    }
    ImageSet images = request.trusted().orElseThrow();
    progress.begin("evaluate what was taught again", Evaluator.passes(images, request.truth()));
    Optional<Proportion> asr =
        Evaluator.evaluate(
                network, images, request.truth(), done -> progress.advance(done, "after"))
            .trueAsr();
    progress.end("ASR " + asr.map(String::valueOf).orElse("unknown"));
    return asr;
  }
}
