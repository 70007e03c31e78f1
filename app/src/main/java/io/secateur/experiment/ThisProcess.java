package io.secateur.experiment;

import io.secateur.run.Interrupted;
import io.secateur.run.Progress;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Does the cells here, one after the other. */
public final class ThisProcess implements CellWorkers {
  private final CellRun cells = new CellRun();

  @Override
  public void run(List<Cell> todo, ResultFolder folder, Outcomes outcomes, Progress progress) {
    for (Cell cell : todo) {
      Optional<CellResult> there = folder.result(cell.id());
      if (there.isPresent()) {
        // Such as copied from another machine, since the cells were listed hours ago.
        outcomes.found(there.get());
        continue;
      }
      CellResult result;
      try {
        result = cells.run(cell, folder.run(cell.id()), Optional.of(folder.findings()), progress);
      } catch (Interrupted e) {
        throw e;
      } catch (IOException | RuntimeException | OutOfMemoryError | StackOverflowError e) {
        outcomes.failed(CellFailure.of(cell, e));
        continue;
      }
      outcomes.done(result);
    }
  }
}
