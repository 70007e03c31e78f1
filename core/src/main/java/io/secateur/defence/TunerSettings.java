package io.secateur.defence;

/**
 * Settings of the published tuning defences.
 *
 * @param nad of {@code nad}
 * @param ftSam of {@code ft-sam}
 * @param iBau of {@code i-bau}
 * @param sau of {@code sau}
 * @param nc of {@code nc}
 */
public record TunerSettings(
    Nad.Settings nad,
    FtSam.Settings ftSam,
    IBau.Settings iBau,
    Sau.Settings sau,
    TriggerUnlearning.Settings nc) {
  /** The sources' own. */
  public static final TunerSettings DEFAULT =
      new TunerSettings(
          Nad.Settings.DEFAULT,
          FtSam.Settings.DEFAULT,
          IBau.Settings.DEFAULT,
          Sau.Settings.DEFAULT,
          TriggerUnlearning.Settings.DEFAULT);
}
