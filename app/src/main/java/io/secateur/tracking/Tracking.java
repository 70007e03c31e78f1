package io.secateur.tracking;

import io.secateur.run.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The story of a run, told to trackers too: figures in progress notes as they come, those of the
 * result at the end. Passes everything on to another progress. A tracker that fails is warned about
 * once and left alone from then on.
 */
public final class Tracking implements Progress, AutoCloseable {
  /** Figures of one name in a stage, at most; a training of many steps tells one each. */
  private static final int POINTS = 200;

  private static final JsonMapper JSON = new JsonMapper();

  private final List<Tracker> trackers;
  private final Progress listener;
  private final Consumer<String> warning;
  private final Map<String, Long> stepsBefore = new HashMap<>();
  private String stage = "";
  private long steps;
  private long told;
  private Tracker.End end = Tracker.End.FAILED;

  /** What may go wrong with a tracker. */
  private interface Telling {
    void to(Tracker tracker) throws IOException;
  }

  /**
   * Tells a run to {@code trackers}.
   *
   * @param settings what the run was asked for
   * @param warning takes one line for each tracker that fails
   */
  public Tracking(
      List<Tracker> trackers,
      Map<String, String> settings,
      Progress listener,
      Consumer<String> warning) {
    this.trackers = new ArrayList<>(trackers);
    this.listener = listener;
    this.warning = warning;
    settings.forEach((key, value) -> tell(tracker -> tracker.setting(key, value)));
    tell(Tracker::flush);
  }

  @Override
  public synchronized void begin(String name, long count) {
    stage = name;
    steps = count;
    told = 0;
    passedOn(() -> listener.begin(name, count));
  }

  @Override
  public synchronized void advance(long done, String note) {
    if (done >= steps || done - told >= (double) steps / POINTS) {
      told = done;
      long step = stepsBefore.getOrDefault(stage, 0L) + done;
      Map<String, Double> figures = Figures.in(note);
      figures.forEach((name, value) -> figure(stage + "/" + name, value, step));
      if (!figures.isEmpty()) {
        tell(Tracker::flush);
      }
    }
    passedOn(() -> listener.advance(done, note));
  }

  @Override
  public synchronized void end(String summary) {
    if (!stage.isEmpty()) {
      stepsBefore.merge(stage, steps, Long::sum);
    }
    stage = "";
    passedOn(() -> listener.end(summary));
  }

  @Override
  public synchronized void event(String kind, Map<String, ?> values) {
    passedOn(() -> listener.event(kind, values));
  }

  /**
   * The run has its result.
   *
   * @param json an object; its numbers become figures
   * @param files that belong to it, small
   */
  public synchronized void finished(String json, List<Path> files) {
    JsonNode result = JSON.readTree(json);
    Figures.in(result).forEach((key, value) -> figure("result/" + key, value, 0));
    files.forEach(file -> tell(tracker -> tracker.file(file)));
    end = Tracker.End.FINISHED;
  }

  @Override
  public synchronized void close() {
    tell(tracker -> tracker.end(end));
    trackers.clear();
  }

  /** Who listens may end the work here: the user does so, or the time is up. */
  private void passedOn(Runnable news) {
    try {
      news.run();
    } catch (RuntimeException ended) {
      end = Tracker.End.STOPPED;
      throw ended;
    }
  }

  private void figure(String tag, double value, long step) {
    tell(tracker -> tracker.figure(tag, value, step));
  }

  private void tell(Telling news) {
    trackers.removeIf(
        tracker -> {
          try {
            news.to(tracker);
            return false;
          } catch (IOException | RuntimeException e) {
            String cause = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            warning.accept(tracker.name() + ": " + cause + "; the run goes on without it");
            return true;
          }
        });
  }
}
