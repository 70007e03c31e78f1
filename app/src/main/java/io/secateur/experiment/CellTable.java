package io.secateur.experiment;

import io.secateur.metric.Proportion;
import io.secateur.report.RepairResult;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Results as a flat table, one cell a line (RFC 4180). */
final class CellTable {
  private static final List<String> COLUMNS =
      List.of(
          "id",
          "model",
          "attack",
          "defence",
          "clean_size",
          "seed",
          "ca_before",
          "ca_after",
          "asr_before",
          "asr_after",
          "ra_before",
          "ra_after",
          "retuned_synthetic_asr",
          "retuned_control_asr",
          "retuned_asr",
          "sleeps",
          "verdict",
          "channels_pruned",
          "channels",
          "seconds",
          "image_forwards",
          "threads");

  private CellTable() {}

  static String csv(List<CellResult> results) {
    StringBuilder text = new StringBuilder(String.join(",", COLUMNS)).append("\r\n");
    for (CellResult result : results) {
      text.append(line(result)).append("\r\n");
    }
    return text.toString();
  }

  private static String line(CellResult result) {
    Cell cell = result.cell();
    RepairResult repair = result.result();
    return Stream.of(
            cell.id(),
            cell.model(),
            cell.attack().orElse(""),
            cell.defence(),
            cell.cleanSize(),
            cell.seed(),
            number(repair.cleanAccuracy().before()),
            number(repair.cleanAccuracy().after()),
            number(repair.trueAsr().map(RepairResult.BeforeAfter::before)),
            number(repair.trueAsr().map(RepairResult.BeforeAfter::after)),
            number(repair.recoveryAccuracy().map(RepairResult.BeforeAfter::before)),
            number(repair.recoveryAccuracy().map(RepairResult.BeforeAfter::after)),
            number(repair.stress().map(stress -> stress.attack().after())),
            number(repair.stress().map(stress -> stress.controlAttack().after())),
            number(repair.stress().flatMap(RepairResult.Stress::trueAsr)),
            repair.stress().map(stress -> String.valueOf(stress.sleeps())).orElse(""),
            repair.verdict(),
            repair.channels().pruned(),
            repair.channels().total(),
            String.format(Locale.ROOT, "%.1f", result.repairSeconds()),
            repair.imageForwards(),
            cell.threads())
        .map(value -> quoted(String.valueOf(value)))
        .collect(Collectors.joining(","));
  }

  private static String number(Optional<Proportion> share) {
    return share.map(CellTable::number).orElse("");
  }

  private static String number(Proportion share) {
    return String.format(Locale.ROOT, "%.4f", share.value());
  }

  /** As a field of a line. */
  static String quoted(String value) {
    return value.matches("[^,\"\r\n]*") ? value : '"' + value.replace("\"", "\"\"") + '"';
  }
}
