package io.secateur.run;

/** The time that the user gave is up; what was finished is kept and the run can be resumed. */
public final class TimeSpent extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Time that is up. */
  public TimeSpent() {
    super("the time budget is spent; the same command with more goes on from here");
  }
}
