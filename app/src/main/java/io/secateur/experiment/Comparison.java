package io.secateur.experiment;

import io.secateur.metric.Proportion;
import io.secateur.report.RepairResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Two benchmarks beside each other, cell by cell: model, defence, size of the clean sample and seed
 * tell which belong together.
 *
 * @param onlyFirst cells that the second has no result of
 * @param onlySecond cells that the first has no result of
 * @param both cells that both have
 */
public record Comparison(List<String> onlyFirst, List<String> onlySecond, List<Pair> both) {
  /**
   * One cell twice.
   *
   * @param accuracy clean accuracy after the repair, second minus first, in points
   * @param asr success rate after the repair, second minus first, in points; absent if clean
   * @param seconds that the repair took, second over first
   * @param apart whether the 95 % intervals of a figure do not even touch
   */
  public record Pair(
      String cell, double accuracy, Optional<Double> asr, double seconds, boolean apart) {
    /** Whether any figure differs by more than {@code points}. */
    public boolean differs(double points) {
      return Math.abs(accuracy) > points || Math.abs(asr.orElse(0.0)) > points;
    }
  }

  /** Compares the results of two benchmarks. */
  public static Comparison of(List<CellResult> first, List<CellResult> second) {
    Map<String, CellResult> left = byTitle(first);
    Map<String, CellResult> right = byTitle(second);
    List<Pair> both = new ArrayList<>();
    left.forEach(
        (title, before) -> {
          CellResult after = right.get(title);
          if (after != null) {
            both.add(pair(title, before, after));
          }
        });
    return new Comparison(
        left.keySet().stream().filter(title -> !right.containsKey(title)).toList(),
        right.keySet().stream().filter(title -> !left.containsKey(title)).toList(),
        both);
  }

  private static Map<String, CellResult> byTitle(List<CellResult> results) {
    Map<String, CellResult> byTitle = new LinkedHashMap<>();
    results.forEach(result -> byTitle.put(result.cell().title(), result));
    return byTitle;
  }

  private static Pair pair(String title, CellResult left, CellResult right) {
    RepairResult first = left.result();
    RepairResult second = right.result();
    Proportion ca = first.cleanAccuracy().after();
    Proportion otherCa = second.cleanAccuracy().after();
    boolean attacked = first.trueAsr().isPresent() && second.trueAsr().isPresent();
    Optional<Double> asr = Optional.empty();
    boolean apart = apart(ca, otherCa);
    if (attacked) {
      Proportion before = first.trueAsr().get().after();
      Proportion after = second.trueAsr().get().after();
      asr = Optional.of(after.value() - before.value());
      apart |= apart(before, after);
    }
    return new Pair(
        title,
        otherCa.value() - ca.value(),
        asr,
        right.repairSeconds() / left.repairSeconds(),
        apart);
  }

  private static boolean apart(Proportion first, Proportion second) {
    return first.high() < second.low() || second.high() < first.low();
  }

  /** Mean difference of clean accuracy over the cells that both have. */
  public OptionalDouble meanAccuracy() {
    return both.stream().mapToDouble(Pair::accuracy).average();
  }

  /** Mean difference of the success rate over the infected cells that both have. */
  public OptionalDouble meanAsr() {
    return both.stream().flatMap(pair -> pair.asr().stream()).mapToDouble(a -> a).average();
  }
}
