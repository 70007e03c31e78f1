package io.secateur.cli;

import io.secateur.run.Interrupted;
import io.secateur.run.Progress;
import io.secateur.run.Stopwatch;
import io.secateur.run.TimeSpent;
import java.util.Map;

/** Passes on, and ends the work at its next step once it was asked to stop or its time is up. */
final class InterruptibleProgress implements Progress {
  private final Progress listener;
  private final double seconds;
  private final Stopwatch watch = Stopwatch.start();

  /**
   * Progress that heeds interruptions.
   *
   * @param seconds until the time is up; infinite if it never is
   */
  InterruptibleProgress(Progress listener, double seconds) {
    this.listener = listener;
    this.seconds = seconds;
  }

  @Override
  public void begin(String stage, long steps) {
    listener.begin(stage, steps);
    heed();
  }

  @Override
  public void advance(long done, String note) {
    listener.advance(done, note);
    heed();
  }

  @Override
  public void end(String summary) {
    listener.end(summary);
  }

  @Override
  public void event(String kind, Map<String, ?> values) {
    listener.event(kind, values);
  }

  private void heed() {
    if (Interruption.requested()) {
      listener.end("interrupted");
      throw new Interrupted();
    }
    if (watch.seconds() > seconds) {
      listener.end("the time is up");
      throw new TimeSpent();
    }
  }
}
