package io.secateur.report;

import io.secateur.metric.Proportion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * How a hunt for triggers stands beside hunts on networks of which it is known whether they carry a
 * backdoor: small ones of varied training, {@code docs/experiments/verdicts.md}.
 *
 * @param pValue how likely a clean network like those tried is to stand out as far: (1 + clean ones
 *     that do) / (1 + clean ones)
 * @param falseAlarms share of the clean networks that were accused
 * @param detections share of the infected networks that were accused of the right label
 */
public record Calibration(double pValue, Proportion falseAlarms, Proportion detections) {

  /**
   * A network that was tried.
   *
   * @param attack that it was infected by; none for a clean one
   * @param prominence how far its most suspicious label stands out, see {@link
   *     io.secateur.trigger.HuntResult#prominence}
   * @param accused whether a label was, and on an infected network the right one
   */
  public record Tried(String name, String attack, double prominence, boolean accused) {
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

    /** Where a hunt that found {@code prominence} stands among them. */
    public Calibration of(double prominence) {
      List<Tried> clean = networks.stream().filter(Tried::clean).toList();
      List<Tried> infected = networks.stream().filter(network -> !network.clean()).toList();
      long asFar = clean.stream().filter(network -> network.prominence() >= prominence).count();
      return new Calibration(
          (1.0 + asFar) / (1.0 + clean.size()), accused(clean), accused(infected));
    }

    private static Proportion accused(List<Tried> networks) {
      int accused = (int) networks.stream().filter(Tried::accused).count();
      return Proportion.of(accused, networks.size());
    }
  }

  /** What a hunt that found {@code prominence} means. */
  public static Calibration of(double prominence) {
    return trial().of(prominence);
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
        "Among small networks of known truth such a hunt accused %d of %d clean ones and the right"
            + " label of %d of %d infected ones; %s as far as this one (p = %.2f)",
        falseAlarms.successes(),
        falseAlarms.n(),
        detections.successes(),
        detections.n(),
        asFar(),
        pValue);
  }

  private String asFar() {
    long count = Math.round(pValue * (1 + falseAlarms.n())) - 1;
    return count == 0
        ? "no clean one stands out"
        : count + (count == 1 ? " clean one stands out" : " clean ones stand out");
  }
}
