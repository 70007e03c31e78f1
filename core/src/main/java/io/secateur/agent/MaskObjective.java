package io.secateur.agent;

import java.util.List;

/** What a mask is worth; higher is better. */
@FunctionalInterface
public interface MaskObjective {
  /**
   * Φ of each mask.
   *
   * @param masks true where a node is pruned; not to be changed
   * @param iteration counts from 0; images drawn anew belong to an iteration and are shared by its
   *     masks, so that their Φ can be compared
   */
  double[] evaluate(List<boolean[]> masks, int iteration);
}
