package io.secateur.experiment;

import java.util.Arrays;
import java.util.List;

/**
 * What {@code failures/ID.json} holds of a cell that came to no result; the next run tries it
 * again.
 *
 * @param cell what was tried
 * @param error the cause, in a line
 * @param trace where it came from
 */
public record CellFailure(Cell cell, String error, List<String> trace) {
  private static final int TRACE = 12;

  /** A cell that ended with {@code cause}. */
  public static CellFailure of(Cell cell, Throwable cause) {
    String kind = cause.getClass().getSimpleName();
    return new CellFailure(
        cell,
        cause.getMessage() == null ? kind : kind + ": " + cause.getMessage(),
        Arrays.stream(cause.getStackTrace()).limit(TRACE).map(String::valueOf).toList());
  }
}
