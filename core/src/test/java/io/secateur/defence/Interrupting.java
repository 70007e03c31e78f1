package io.secateur.defence;

import io.secateur.run.Interrupted;
import io.secateur.run.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A user who stops the work at a certain step, counted over all stages; remembers what was said.
 */
final class Interrupting implements Progress {
  private final int step;
  private final List<String> said = new ArrayList<>();
  private int steps;

  private Interrupting(int step) {
    this.step = step;
  }

  static Interrupting at(int step) {
    return new Interrupting(step);
  }

  static Interrupting never() {
    return new Interrupting(-1);
  }

  /** Steps so far. */
  int steps() {
    return steps;
  }

  /** Stages that began, in order, each with what it ended in. */
  List<String> said() {
    return List.copyOf(said);
  }

  @Override
  public void begin(String stage, long count) {
    said.add(stage);
  }

  @Override
  public void advance(long done, String note) {
    if (++steps == step) {
      throw new Interrupted();
    }
  }

  @Override
  public void end(String summary) {
    said.add(said.remove(said.size() - 1) + ": " + summary);
  }

  @Override
  public void event(String kind, Map<String, ?> values) {}
}
