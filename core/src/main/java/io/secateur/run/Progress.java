package io.secateur.run;

import java.util.Map;

/**
 * Where an algorithm says how far it is. Stages do not nest. Implementations draw a bar, write
 * events, or do nothing; an implementation may throw {@link Interrupted} from {@link #begin} and
 * {@link #advance} when the user asked to stop, and {@link TimeSpent} when the time is up.
 */
public interface Progress {
  /** Says nothing to anybody. */
  Progress SILENT =
      new Progress() {
        @Override
        public void begin(String stage, long steps) {}

        @Override
        public void advance(long done, String note) {}

        @Override
        public void end(String summary) {}

        @Override
        public void event(String kind, Map<String, ?> values) {}
      };

  /** A stage of {@code steps} steps begins. */
  void begin(String stage, long steps);

  /** {@code done} steps of the stage are done; {@code note} is its present best, in a few words. */
  void advance(long done, String note);

  /** The stage is over. */
  void end(String summary);

  /** Something worth recording, with plain values (numbers, texts, lists, maps). */
  void event(String kind, Map<String, ?> values);
}
