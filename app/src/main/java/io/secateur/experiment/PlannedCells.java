package io.secateur.experiment;

import java.util.List;

/** The cells of a plan, in its order. */
public record PlannedCells(String name, List<Cell> cells) {
  /** Copies the list. */
  public PlannedCells {
    cells = List.copyOf(cells);
  }
}
