package io.secateur.experiment;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How far a benchmark is.
 *
 * @param name of the benchmark
 * @param total cells
 * @param finished with a result
 * @param begun interrupted or going on
 * @param failures of cells without a result
 * @param secondsLeft for the cells without a result, by the time that the defence's other cells, or
 *     else all cells, took; empty if none is finished
 * @param defences finished and total, by defence
 */
public record Status(
    String name,
    int total,
    int finished,
    int begun,
    List<CellFailure> failures,
    Optional<Double> secondsLeft,
    Map<String, Count> defences) {
  /** Cells of a defence. */
  public record Count(int finished, int total) {}

  /**
   * The state of {@code folder}.
   *
   * @throws io.secateur.data.BadData if it is no folder of a benchmark
   */
  public static Status of(ResultFolder folder) {
    PlannedCells planned = folder.expected();
    Map<String, List<Double>> seconds = new LinkedHashMap<>();
    Map<String, Integer> totals = new LinkedHashMap<>();
    List<Cell> left = new ArrayList<>();
    for (Cell cell : planned.cells()) {
      totals.merge(cell.defence(), 1, Integer::sum);
      List<Double> own = seconds.computeIfAbsent(cell.defence(), d -> new ArrayList<>());
      folder
          .result(cell.id())
          .ifPresentOrElse(
              result -> own.add(result.result().seconds().total()), () -> left.add(cell));
    }
    Map<String, Count> defences = new LinkedHashMap<>();
    totals.forEach(
        (defence, total) ->
            defences.put(
                defence, new Count(seconds.getOrDefault(defence, List.of()).size(), total)));
    return new Status(
        planned.name(),
        planned.cells().size(),
        planned.cells().size() - left.size(),
        (int) left.stream().filter(cell -> folder.begun(cell.id())).count(),
        left.stream().flatMap(cell -> folder.failure(cell.id()).stream()).toList(),
        estimate(left, seconds),
        defences);
  }

  private static Optional<Double> estimate(List<Cell> left, Map<String, List<Double>> seconds) {
    List<Double> all = seconds.values().stream().flatMap(List::stream).toList();
    if (all.isEmpty()) {
      return Optional.empty();
    }
    double estimate = 0;
    for (Cell cell : left) {
      List<Double> own = seconds.getOrDefault(cell.defence(), List.of());
      estimate += mean(own.isEmpty() ? all : own);
    }
    return Optional.of(estimate);
  }

  private static double mean(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).average().orElse(0);
  }
}
