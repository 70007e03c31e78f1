package io.secateur.run;

/** The user asked to stop; what was finished is kept and the run can be resumed. */
public final class Interrupted extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** An interruption. */
  public Interrupted() {
    super("interrupted");
  }
}
