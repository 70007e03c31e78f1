package io.secateur.run;

/**
 * Which rules results are made by, between two versions of the program. What was begun or finished
 * by other rules is not taken for the same work: a run does not go on by them, and a benchmark's
 * cell is another cell.
 */
public final class Rules {
  /** Key under which the number stands among all that a result depends on. */
  public static final String KEY = "rules";

  /**
   * Raised by hand with every change after which the same model, images, settings and seed give
   * another result: a default, an algorithm, an order of random numbers.
   */
  public static final String NUMBER = "1";

  private Rules() {}
}
