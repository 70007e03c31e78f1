package io.secateur.report;

import io.secateur.explain.PutBackEffect;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Why each channel was pruned.
 *
 * @param basis what the effects were measured on
 * @param leftOut what the table leaves out; empty if it is whole
 */
public record ChannelSection(List<Row> rows, String basis, String leftOut) {
  private static final int MOST = 150;

  /** A figure as it is shown, and what rows are sorted by. */
  public record Figure(String shown, String note, double sort) {
    private static final Figure NONE = new Figure("–", "", Double.NEGATIVE_INFINITY);

    /** Whether there is something to sort by. */
    public boolean known() {
      return Double.isFinite(sort);
    }
  }

  /** One channel. */
  public record Row(
      String layer,
      int index,
      Figure score,
      Figure change,
      Figure lipschitz,
      Figure degree,
      Figure attack,
      Figure accuracy) {}

  static ChannelSection of(RepairResult result, Evidence evidence) {
    List<Row> rows = new ArrayList<>();
    int shown = Math.min(MOST, evidence.channels().size());
    for (Evidence.Pruned channel : evidence.channels().subList(0, shown)) {
      rows.add(
          new Row(
              channel.layer(),
              channel.index(),
              figure(channel.score()),
              channel.change().map(ChannelSection::deviations).orElse(Figure.NONE),
              figure(channel.lipschitz()),
              channel
                  .degree()
                  .map(degree -> new Figure(String.valueOf(degree), "", degree))
                  .orElse(Figure.NONE),
              channel.putBack().flatMap(back -> attack(back, evidence)).orElse(Figure.NONE),
              channel.putBack().flatMap(back -> accuracy(back, evidence)).orElse(Figure.NONE)));
    }
    return new ChannelSection(rows, basis(evidence), leftOut(result, shown));
  }

  private static Optional<Figure> attack(PutBackEffect.Standing back, Evidence evidence) {
    return evidence
        .putBack()
        .map(
            all ->
                new Figure(
                    Shares.percent(back.attackSuccess()),
                    Shares.signed(back.attackSuccess() - all.pruned().attackSuccess()),
                    // Where as many images turn, that channel first which brings others nearer.
                    1000 * back.attackSuccess() + back.targetProbability()));
  }

  private static Optional<Figure> accuracy(PutBackEffect.Standing back, Evidence evidence) {
    return evidence
        .putBack()
        .map(
            all ->
                new Figure(
                    Shares.percent(back.cleanAccuracy()),
                    Shares.signed(back.cleanAccuracy() - all.pruned().cleanAccuracy()),
                    back.cleanAccuracy()));
  }

  private static Figure figure(double value) {
    return Double.isFinite(value) ? new Figure(Shares.number(value), "", value) : Figure.NONE;
  }

  private static Figure deviations(double change) {
    return new Figure((change > 0 ? "+" : "") + Shares.number(change), "", change);
  }

  private static String basis(Evidence evidence) {
    return evidence
        .putBack()
        .map(
            all ->
                String.format(
                    Locale.ROOT,
                    "Put back one at a time: %s, on %s and %s of the hold-out part. With none put"
                        + " back, triggers work on %s and accuracy is %s.",
                    Shares.count(all.measured(), "channel"),
                    Shares.count(all.cleanImages(), "clean image"),
                    Shares.count(all.triggeredImages(), "triggered image"),
                    Shares.percent(all.pruned().attackSuccess()),
                    Shares.percent(all.pruned().cleanAccuracy())))
        .orElseGet(() -> evidence.absent().getOrDefault("putBack", ""));
  }

  private static String leftOut(RepairResult result, int shown) {
    int pruned = result.channels().pruned();
    return pruned <= shown
        ? ""
        : String.format(
            Locale.ROOT,
            "The %d channels of highest score of %d; plan.json has all.",
            shown,
            pruned);
  }
}
