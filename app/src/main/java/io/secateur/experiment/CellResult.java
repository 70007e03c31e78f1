package io.secateur.experiment;

import io.secateur.metric.Proportion;
import io.secateur.report.RepairResult;
import java.util.List;
import java.util.Optional;

/**
 * What {@code cells/ID.json} holds; see {@code docs/cell.schema.json}.
 *
 * @param schemaVersion raised when a key changes its meaning
 * @param cell what was done, without the places of the machine that did it
 * @param result of the repair
 */
public record CellResult(int schemaVersion, Cell cell, RepairResult result) {
  /** The present version. */
  public static final int VERSION = 1;

  /** Stages that are no part of a repair: measuring on test images, teaching it again. */
  static final List<String> NOT_THE_REPAIR = List.of("trusted evaluation", "stress");

  /** How long the repair took, without measuring on test images and teaching it again. */
  double repairSeconds() {
    RepairResult.Seconds seconds = result.seconds();
    return seconds.total()
        - NOT_THE_REPAIR.stream()
            .mapToDouble(stage -> seconds.stages().getOrDefault(stage, 0.0))
            .sum();
  }

  /** Whether the network that came out is another one than went in. */
  boolean changed() {
    return result.model().sha256().after().isPresent() && !result.defenderVerdict().equals("clean");
  }

  /**
   * Success of the true trigger once the network was taught its backdoor again, in percent. A
   * network that was left as it came needs no teaching: then it is what it was. Empty if there is
   * no true trigger or nothing was taught.
   */
  Optional<Double> reactivation() {
    return result
        .trueAsr()
        .flatMap(
            asr ->
                changed()
                    ? result.stress().flatMap(RepairResult.Stress::trueAsr).map(Proportion::value)
                    : Optional.of(asr.after().value()));
  }
}
