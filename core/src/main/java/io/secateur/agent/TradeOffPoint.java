package io.secateur.agent;

import java.util.List;

/**
 * A candidate for the final mask on the hold-out images: what pruning so much costs and brings.
 *
 * @param units in the mask, ascending
 * @param measured on the hold-out images and their copies
 * @param phi Φ by these images, which leads the search
 */
public record TradeOffPoint(List<Integer> units, Measurement measured, double phi) {
  /** Copies the list. */
  public TradeOffPoint {
    units = List.copyOf(units);
  }

  /** The mask over {@code size} units, true where one is pruned. */
  public boolean[] mask(int size) {
    boolean[] mask = new boolean[size];
    units.forEach(unit -> mask[unit] = true);
    return mask;
  }
}
