package io.secateur.tracking;

import java.io.IOException;
import java.nio.file.Path;

/** A tool that keeps the course of runs. Whatever it throws ends the tracking, never the run. */
public interface Tracker {
  /** How a run ended. */
  enum End {
    /** With a result. */
    FINISHED,
    /** By an error. */
    FAILED,
    /** By the user, or because its time was up; it may go on later, as another run here. */
    STOPPED
  }

  /** What it is called in a warning. */
  String name();

  /** Something that the run was asked for; before the first figure. */
  void setting(String key, String value) throws IOException;

  /**
   * A figure.
   *
   * @param tag what it is of, in parts with {@code /} between them
   * @param value finite
   * @param step how far the run was; rises within a tag
   */
  void figure(String tag, double value, long step) throws IOException;

  /** What was told so far should be seen now. */
  void flush() throws IOException;

  /** A file of the result, small. */
  void file(Path file) throws IOException;

  /** The run is over; nothing is told afterwards. */
  void end(End how) throws IOException;
}
