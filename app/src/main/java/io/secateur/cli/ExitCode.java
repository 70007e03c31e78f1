package io.secateur.cli;

/** What the process tells its caller. */
final class ExitCode {
  /** Done, and the policy is met. */
  static final int DONE = 0;

  /** A backdoor was found ({@code scan}), or the policy is not met after a repair. */
  static final int FINDING = 1;

  /** Something went wrong that is no fault of the input. */
  static final int INTERNAL = 2;

  /** The input is unsupported or unreadable. */
  static final int UNREADABLE = 3;

  /** The command line asks for what does not exist. */
  static final int USAGE = 4;

  /** The evidence allows no verdict. */
  static final int INCONCLUSIVE = 5;

  /** Stopped by the user; can be resumed. */
  static final int INTERRUPTED = 130;

  private ExitCode() {}
}
