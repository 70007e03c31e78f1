package io.secateur.report;

import io.secateur.metric.Proportion;
import java.util.Locale;

/** Numbers as pages show them. */
final class Shares {
  private Shares() {}

  /** "12.3 %" of a value in percent. */
  static String percent(double value) {
    return String.format(Locale.ROOT, "%.1f %%", value);
  }

  /** The same with two decimals. */
  static String exact(double value) {
    return String.format(Locale.ROOT, "%.2f %%", value);
  }

  /** "80.12–90.34" of a share's interval. */
  static String interval(Proportion share) {
    return String.format(Locale.ROOT, "%.2f–%.2f", share.low(), share.high());
  }

  /** "+1.2 points" with a true minus sign. */
  static String points(double change) {
    return signed(change) + " points";
  }

  /** "+1.2" likewise. */
  static String signed(double change) {
    String shown = String.format(Locale.ROOT, "%+.1f", change);
    return shown.equals("-0.0") ? "+0.0" : shown.replace('-', '−');
  }

  /** Three significant digits. */
  static String number(double value) {
    double size = Math.abs(value);
    String form = size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f";
    return String.format(Locale.ROOT, form, value).replace('-', '−');
  }

  /** "1 channel", "2 channels". */
  static String count(long count, String noun) {
    String ending = count == 1 ? "" : noun.endsWith("s") ? "es" : "s";
    return String.format(Locale.ROOT, "%,d %s%s", count, noun, ending);
  }
}
