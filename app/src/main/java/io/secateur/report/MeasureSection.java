package io.secateur.report;

import io.secateur.report.RepairResult.BeforeAfter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The table of everything measured before and after. */
public record MeasureSection(List<Row> rows) {

  /** A row of the table. */
  public record Row(
      String name,
      String meaning,
      String before,
      String beforeInterval,
      String after,
      String afterInterval,
      String images) {}

  static MeasureSection of(RepairResult result) {
    List<Row> rows = new ArrayList<>();
    String holdOut = result.measuredOn().syntheticAsr();
    rows.add(
        row(
            "Clean accuracy",
            "clean images that get their label",
            result.cleanAccuracy(),
            result.measuredOn().cleanAccuracy()));
    if (!result.measuredOn().cleanAccuracy().equals(holdOut)) {
      rows.add(
          row(
              "Clean accuracy, hold-out",
              "the defender's own images, held out: nothing was learnt on them, they chose among masks",
              result.holdOutAccuracy(),
              holdOut));
    }
    result
        .mixedAccuracy()
        .ifPresent(
            share ->
                rows.add(
                    new Row(
                        "Clean accuracy, mixed copies",
                        "copies of the hold-out images, a tenth of each covered by another: they"
                            + " show a loss better if the network was trained on the images",
                        Shares.exact(share.before().value()),
                        "",
                        Shares.exact(share.after().value()),
                        "",
                        share.after().n() + " copies of images of " + holdOut)));
    String trusted = result.measuredOn().trueAsr().orElse("");
    result
        .trueAsr()
        .ifPresent(
            asr ->
                rows.add(
                    row(
                        "Attack success, true trigger",
                        "triggered images of other classes that get the target label",
                        asr,
                        trusted)));
    result
        .recoveryAccuracy()
        .ifPresent(
            share ->
                rows.add(
                    row(
                        "Recovery accuracy",
                        "the same images that get their own label",
                        share,
                        trusted)));
    result
        .syntheticAsr()
        .ifPresent(
            asr ->
                rows.add(
                    row(
                        "Attack success, synthetic",
                        "hold-out images that the synthesised triggers turn",
                        asr,
                        holdOut)));
    result.relapses().forEach(relapse -> rows.add(row(relapse)));
    result.stress().ifPresent(stress -> rows.addAll(rows(stress, trusted, holdOut)));
    return new MeasureSection(rows);
  }

  private static List<Row> rows(RepairResult.Stress stress, String trusted, String holdOut) {
    List<Row> rows = new ArrayList<>();
    rows.add(
        row(
            "Attack success once taught again",
            String.format(
                Locale.ROOT,
                "a synthetic trigger for label %d, before and after %d poisoned images in %d epochs;"
                    + " the backdoor %s",
                stress.label(),
                stress.poisoned(),
                stress.epochs(),
                stress.sleeps() ? "only sleeps" : "is not learnt more easily than another"),
            stress.attack(),
            holdOut));
    rows.add(
        row(
            "The same trigger, another label",
            "label " + stress.control() + ", taught in the same way for comparison",
            stress.controlAttack(),
            holdOut));
    stress
        .trueAsr()
        .ifPresent(
            asr ->
                rows.add(
                    new Row(
                        "Attack success once taught again, true trigger",
                        "what the synthetic one brought back of it",
                        "",
                        "",
                        Shares.exact(asr.value()),
                        Shares.interval(asr),
                        trusted + ", n = " + asr.n())));
    return rows;
  }

  private static Row row(RepairResult.Relapse relapse) {
    return new Row(
        "New trigger for label " + relapse.label(),
        String.format(
            Locale.ROOT,
            "the strongest %s, sought again on the repaired network; other labels reach %s",
            relapse.shown(),
            Shares.percent(relapse.otherLabels())),
        Shares.percent(relapse.before()),
        "",
        Shares.percent(relapse.after()),
        relapse.standsOut() ? "still easier than others" : "not clearly easier than others",
        "tuning part of the clean sample");
  }

  private static Row row(String name, String meaning, BeforeAfter share, String images) {
    return new Row(
        name,
        meaning,
        Shares.exact(share.before().value()),
        Shares.interval(share.before()),
        Shares.exact(share.after().value()),
        Shares.interval(share.after()),
        images + ", n = " + share.after().n());
  }
}
