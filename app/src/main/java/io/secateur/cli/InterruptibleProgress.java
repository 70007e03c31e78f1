package io.secateur.cli;

import io.secateur.run.Interrupted;
import io.secateur.run.Progress;
import java.util.Map;

/** Passes on, and ends the work at its next step once an interruption was requested. */
final class InterruptibleProgress implements Progress {
  private final Progress listener;

  InterruptibleProgress(Progress listener) {
    this.listener = listener;
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
  }
}
