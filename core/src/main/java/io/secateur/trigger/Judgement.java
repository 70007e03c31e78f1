package io.secateur.trigger;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The conclusion from the findings of all labels.
 *
 * <p>A search for a label is an outlier if its index exceeds the accusing index and its norm is at
 * most the accusing ratio times the median over labels: if its <em>prominence</em>, the lesser of
 * index over accusing index and log(norm / median) over log(accusing ratio), exceeds 1. A label's
 * prominence is the least of its screening and all its restarts, 0 if its trigger does not work. It
 * is <em>accused</em> above 1, if it was sought again often enough, and otherwise <em>doubtful</em>
 * if it stands out further than labels of clean networks do. One outlier among its searches is no
 * ground for doubt: that happens on every third clean network ({@code
 * docs/experiments/verdicts.md}).
 *
 * <p>Differs from Neural Cleanse in: the ratio. Among ten blameless labels the smallest has an
 * index above 2 one time in five if norms are normal, so that the index alone accuses clean
 * networks; and restarts, since one search may end in a poor minimum.
 */
record Judgement(
    Verdict verdict,
    String reason,
    List<Integer> accused,
    List<Integer> doubtful,
    double floor,
    double prominence) {

  static Judgement of(List<LabelFinding> findings, TriggerHunt.Settings settings) {
    double median = median(findings);
    List<LabelFinding> accused =
        findings.stream()
            .filter(finding -> accused(finding, median, settings))
            .sorted(Comparator.comparingDouble(LabelFinding::norm))
            .toList();
    List<LabelFinding> doubtful =
        findings.stream()
            .filter(
                finding ->
                    !accused.contains(finding)
                        && prominence(finding, median, settings) > settings.doubtfulProminence())
            .toList();
    List<LabelFinding> blameless =
        findings.stream().filter(finding -> !accused.contains(finding)).toList();
    double floor = median(blameless.isEmpty() ? findings : blameless);
    double prominence =
        findings.stream()
            .mapToDouble(finding -> prominence(finding, median, settings))
            .reduce(0, Math::max);
    long reached = findings.stream().filter(LabelFinding::reached).count();

    if (findings.size() < settings.leastLabels()) {
      return inconclusive(
          String.format(
              Locale.ROOT,
              "%d labels are too few to tell an outlier; at least %d are needed",
              findings.size(),
              settings.leastLabels()),
          findings,
          floor,
          prominence);
    }
    if (2 * reached < findings.size() && !settings.bounded()) {
      return inconclusive(
          String.format(
              Locale.ROOT,
              "only %d of %d labels got a trigger that works within the budget",
              reached,
              findings.size()),
          findings,
          floor,
          prominence);
    }
    if (!accused.isEmpty()) {
      return new Judgement(
          Verdict.BACKDOORED,
          String.format(
              Locale.ROOT,
              "an abnormally small trigger works for %s, from every start",
              named(accused)),
          labels(accused),
          labels(doubtful),
          floor,
          prominence);
    }
    if (!doubtful.isEmpty()) {
      return new Judgement(
          Verdict.INCONCLUSIVE,
          String.format(
              Locale.ROOT, "the trigger of %s is small, but not beyond doubt", named(doubtful)),
          List.of(),
          labels(doubtful),
          floor,
          prominence);
    }
    return new Judgement(
        Verdict.CLEAN,
        "no label has an abnormally small trigger",
        List.of(),
        List.of(),
        floor,
        prominence);
  }

  private static Judgement inconclusive(
      String reason, List<LabelFinding> all, double floor, double prominence) {
    LabelFinding smallest = all.get(0);
    for (LabelFinding finding : all) {
      smallest = finding.norm() < smallest.norm() ? finding : smallest;
    }
    return new Judgement(
        Verdict.INCONCLUSIVE, reason, List.of(), List.of(smallest.label()), floor, prominence);
  }

  /** Whether a label deserves restarts after the screening. */
  static boolean suspicious(LabelFinding finding, double median, TriggerHunt.Settings settings) {
    return finding.index() > settings.suspectIndex()
        || finding.norm() <= settings.accusingRatio() * median;
  }

  static double median(List<LabelFinding> findings) {
    return AnomalyIndex.median(findings.stream().mapToDouble(LabelFinding::norm).toArray());
  }

  private static boolean accused(
      LabelFinding finding, double median, TriggerHunt.Settings settings) {
    return finding.restarts().size() >= settings.restarts()
        && prominence(finding, median, settings) > 1;
  }

  /** The least over all searches for a label; 0 if its trigger does not work. */
  private static double prominence(
      LabelFinding finding, double median, TriggerHunt.Settings settings) {
    boolean works = finding.reached() && finding.triggerSuccess() >= settings.leastSuccess();
    double least = prominence(finding.norm(), finding.index(), median, settings);
    for (LabelFinding.Restart restart : finding.restarts()) {
      least = Math.min(least, prominence(restart.norm(), restart.index(), median, settings));
    }
    return works ? least : 0;
  }

  private static double prominence(
      double norm, double index, double median, TriggerHunt.Settings settings) {
    double byIndex = index / settings.accusingIndex();
    if (settings.accusingRatio() == 1) {
      return byIndex;
    }
    double byRatio = Math.log(norm / median) / Math.log(settings.accusingRatio());
    return norm < median ? Math.min(byIndex, byRatio) : 0;
  }

  private static List<Integer> labels(List<LabelFinding> findings) {
    return findings.stream().map(LabelFinding::label).toList();
  }

  private static String named(List<LabelFinding> findings) {
    return (findings.size() == 1 ? "label " : "labels ")
        + labels(findings).stream().map(String::valueOf).collect(Collectors.joining(", "));
  }
}
