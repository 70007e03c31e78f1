package io.secateur.report;

import io.secateur.metric.Proportion;
import io.secateur.trigger.HuntResult;
import io.secateur.trigger.TriggerFamily;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * How a hunt for backdoors stands beside hunts on networks of which it is known whether they carry
 * one: small ones of varied training, {@code docs/experiments/verdicts.md}.
 *
 * @param pValue how likely a clean network like those tried is to stand out as far, see {@link
 *     Trial#of}
 * @param falseAlarms share of the clean networks that were accused
 * @param detections share of the infected networks that were accused of the right label
 */
public record Calibration(double pValue, Proportion falseAlarms, Proportion detections) {

  /**
   * A network that was tried.
   *
   * @param attack that it was infected by; none for a clean one
   * @param prominence how far its most suspicious label stands out by its trigger, see {@link
   *     HuntResult#prominence}
   * @param fallback share of its mistakes at one label when it forgets, in [0, 1]
   * @param accused whether a label was, and on an infected network the right one
   */
  public record Tried(
      String name, String attack, double prominence, double fallback, boolean accused) {
    private boolean clean() {
      return attack.equals("none");
    }
  }

  /** All that were tried. */
  public record Trial(List<Tried> networks) {
    /** Copies the list. */
    public Trial {
      networks = List.copyOf(networks);
    }

    /**
     * Where a hunt stands among them. Its p-value is (1 + clean networks that stand out as far) /
     * (1 + clean networks): by their triggers if one accuses a label; else both by triggers and by
     * fallbacks, and the lesser counts twice, since there were two looks.
     */
    public Calibration of(HuntResult hunt) {
      List<Tried> clean = networks.stream().filter(Tried::clean).toList();
      List<Tried> infected = networks.stream().filter(network -> !network.clean()).toList();
      double byTrigger = rank(clean.stream().map(Tried::prominence).toList(), hunt.prominence());
      double pValue =
          hunt.fallback()
              .map(answers -> rank(clean.stream().map(Tried::fallback).toList(), answers.share()))
              .map(byFallback -> Math.min(1, 2 * Math.min(byTrigger, byFallback)))
              .orElse(byTrigger);
      return new Calibration(pValue, accused(clean), accused(infected));
    }

    private static double rank(List<Double> clean, double found) {
      long asFar = clean.stream().filter(value -> value >= found).count();
      return (1.0 + asFar) / (1.0 + clean.size());
    }

    private static Proportion accused(List<Tried> networks) {
      int accused = (int) networks.stream().filter(Tried::accused).count();
      return Proportion.of(accused, networks.size());
    }
  }

  /** What a hunt means; nothing is said of shifts, which were not hunted on all those networks. */
  public static Optional<Calibration> of(HuntResult hunt) {
    return hunt.family().equals(TriggerFamily.SHIFT)
        ? Optional.empty()
        : Optional.of(trial().of(hunt));
  }

  /** The networks that come with the program. */
  public static Trial trial() {
    try (InputStream in =
        Objects.requireNonNull(Calibration.class.getResourceAsStream("verdicts.json"))) {
      return ResultJson.read(new String(in.readAllBytes(), StandardCharsets.UTF_8), Trial.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** In a sentence. */
  public String sentence() {
    return String.format(
        Locale.ROOT,
        "Among small networks of known truth such a hunt, without shifts, accused %d of %d clean ones and the right"
            + " label of %d of %d infected ones; that a clean one stands out as far has p = %.2f",
        falseAlarms.successes(),
        falseAlarms.n(),
        detections.successes(),
        detections.n(),
        pValue);
  }
}
