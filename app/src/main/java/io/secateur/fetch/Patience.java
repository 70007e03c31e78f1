package io.secateur.fetch;

import java.time.Duration;

/**
 * How long a download bears with a bad connection.
 *
 * @param tries how often in a row a connection may bring next to nothing, 1 to 100
 * @param pause before the second try; twice as long before each further one, up to a minute
 * @param connect how long a connection may take to come about
 * @param stall how long a server may send nothing
 */
public record Patience(int tries, Duration pause, Duration connect, Duration stall) {
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  /** About three minutes of pauses in all. */
  public static final Patience STANDARD =
      new Patience(8, Duration.ofSeconds(2), Duration.ofSeconds(20), Duration.ofSeconds(30));

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if {@code tries} is not within its range, the pause negative,
   *     or one of the others not positive
   */
  public Patience {
    if (tries < 1 || tries > 100 || pause.isNegative()) {
      throw new IllegalArgumentException(tries + " tries, pause " + pause);
    }
    if (connect.isNegative() || connect.isZero() || stall.isNegative() || stall.isZero()) {
      throw new IllegalArgumentException("connect " + connect + ", stall " + stall);
    }
  }

  /** The pause after so many failures in a row, 1 or more. */
  Duration pauseAfter(int failures) {
    Duration doubled = pause.multipliedBy(1L << Math.min(failures - 1, 16));
    return doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
  }
}
