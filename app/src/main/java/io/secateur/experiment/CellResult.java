package io.secateur.experiment;

import io.secateur.report.RepairResult;

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

  private static final String NOT_THE_REPAIR = "trusted evaluation";

  /** How long the repair took, the measuring on test images left out. */
  double repairSeconds() {
    RepairResult.Seconds seconds = result.seconds();
    return seconds.total() - seconds.stages().getOrDefault(NOT_THE_REPAIR, 0.0);
  }
}
