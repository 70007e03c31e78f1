package io.secateur.cli;

import io.secateur.run.Progress;
import io.secateur.run.Stopwatch;
import io.secateur.text.ForeignText;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;

/** Progress for logs: a line when a stage ends, and one a minute while it lasts. */
final class LineProgress implements Progress {
  private static final double SECONDS_BETWEEN_LINES = 60;

  private final PrintWriter err;
  private String stage = "";
  private long steps;
  private Stopwatch watch = Stopwatch.start();
  private double lastLine;

  LineProgress(PrintWriter err) {
    this.err = err;
  }

  @Override
  public void begin(String name, long count) {
    stage = name;
    steps = count;
    watch = Stopwatch.start();
    lastLine = 0;
  }

  @Override
  public void advance(long done, String note) {
    double seconds = watch.seconds();
    if (seconds - lastLine >= SECONDS_BETWEEN_LINES) {
      lastLine = seconds;
      double left = done == 0 ? 0 : seconds * (steps - done) / done;
      say("%s: %d of %d, about %s left%s", stage, done, steps, duration(left), appended(note));
    }
  }

  @Override
  public void end(String summary) {
    if (!stage.isEmpty()) {
      say("%s: %s%s", stage, duration(watch.seconds()), appended(summary));
    }
    stage = "";
  }

  @Override
  public void event(String kind, Map<String, ?> values) {}

  private void say(String format, Object... values) {
    err.println(ForeignText.oneLine(String.format(Locale.ROOT, format, values)));
    err.flush();
  }

  private static String appended(String note) {
    return note.isBlank() ? "" : "; " + note;
  }

  static String duration(double seconds) {
    if (seconds < 60) {
      return String.format(Locale.ROOT, "%.1f s", seconds);
    }
    long whole = Math.round(seconds);
    return whole < 3600
        ? String.format(Locale.ROOT, "%d min %02d s", whole / 60, whole % 60)
        : String.format(Locale.ROOT, "%d h %02d min", whole / 3600, whole % 3600 / 60);
  }
}
