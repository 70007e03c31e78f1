package io.secateur.agent;

/** What pruning one channel after the other is judged by. */
public interface StepObjective {
  /** Φ of a mask, higher is better; the same mask always gives the same Φ. */
  double phi(boolean[] pruned);

  /** Whether there is no point in going on from this mask: too much lost, or nothing left to do. */
  boolean terminal(boolean[] pruned);
}
