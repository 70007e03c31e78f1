package io.secateur.cli;

import io.secateur.run.Progress;
import io.secateur.run.Stopwatch;
import io.secateur.text.ForeignText;
import java.io.PrintWriter;
import java.util.Map;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** Progress for a person at a terminal: a bar with the time left and the present best. */
final class BarProgress implements Progress {
  private static final int REFRESH_MILLIS = 250;

  private final PrintWriter err;
  private final boolean colour;
  private String stage = "";
  private Stopwatch watch = Stopwatch.start();
  private @Nullable ProgressBar bar;

  BarProgress(PrintWriter err, boolean colour) {
    this.err = err;
    this.colour = colour;
  }

  @Override
  public void begin(String name, long steps) {
    close();
    stage = name;
    watch = Stopwatch.start();
    bar =
        new ProgressBarBuilder()
            .setTaskName(name)
            .setInitialMax(steps)
            .setStyle(
                colour ? ProgressBarStyle.COLORFUL_UNICODE_BLOCK : ProgressBarStyle.UNICODE_BLOCK)
            .setUpdateIntervalMillis(REFRESH_MILLIS)
            .clearDisplayOnFinish()
            .build();
  }

  @Override
  public void advance(long done, String note) {
    if (bar != null) {
      bar.stepTo(done);
      bar.setExtraMessage(note.isBlank() ? "" : " " + note);
    }
  }

  @Override
  public void end(String summary) {
    close();
    if (!stage.isEmpty()) {
      String line = stage + ": " + LineProgress.duration(watch.seconds());
      err.println(ForeignText.oneLine(summary.isBlank() ? line : line + "; " + summary));
      err.flush();
    }
    stage = "";
  }

  @Override
  public void event(String kind, Map<String, ?> values) {}

  private void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}
