package io.secateur.trigger;

import java.util.ArrayList;
import java.util.List;

/**
 * Figures of the best trigger that a search has come by: the smallest of those that pass, and until
 * one does the one that succeeds most.
 */
final class BestSoFar {
  private final double largest;
  private final List<Double> smallest = new ArrayList<>();
  private double size = Double.POSITIVE_INFINITY;
  private double success = -1;

  /**
   * Of a search that has not begun.
   *
   * @param largest the most that {@link #smallest} says
   */
  BestSoFar(double largest) {
    this.largest = largest;
  }

  /**
   * Books the trigger of one step.
   *
   * @param passes whether it succeeds often enough
   * @param size in the unit of its family
   * @param success share of images that get the label
   * @return whether it is now the best
   */
  boolean improvedBy(boolean passes, double size, double success) {
    boolean improved = passes ? size < this.size : !found() && success > this.success;
    if (improved) {
      this.success = success;
      this.size = passes ? size : this.size;
    }
    smallest.add(Math.min(this.size, largest));
    return improved;
  }

  /** Whether any has passed. */
  boolean found() {
    return size < Double.POSITIVE_INFINITY;
  }

  /** Size of the smallest that has passed; infinite if none has. */
  double size() {
    return size;
  }

  /** That size after each step. */
  List<Double> smallest() {
    return smallest;
  }
}
