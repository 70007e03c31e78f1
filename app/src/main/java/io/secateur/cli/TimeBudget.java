package io.secateur.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A duration such as {@code 90s}, {@code 10m} or {@code 2h}. */
final class TimeBudget {
  private static final Pattern FORM = Pattern.compile("(\\d{1,6})([smh])");

  private TimeBudget() {}

  static double seconds(String text) {
    Matcher match = FORM.matcher(text);
    if (!match.matches() || Integer.parseInt(match.group(1)) == 0) {
      throw CommandFailure.usage(
          "--time-budget is '" + text + "'; expected such as 90s, 10m or 2h");
    }
    int count = Integer.parseInt(match.group(1));
    return switch (match.group(2)) {
      case "s" -> count;
      case "m" -> 60.0 * count;
      default -> 3600.0 * count;
    };
  }
}
