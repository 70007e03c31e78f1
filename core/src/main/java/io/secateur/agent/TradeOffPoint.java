package io.secateur.agent;

import java.util.List;

/**
 * A candidate for the final mask on the hold-out images: what pruning so much costs and brings.
 *
 * @param units in the mask, ascending
 * @param cleanAccuracy share of clean images classified right, in [0, 1]
 * @param attackSuccess share of triggered images called the target, in [0, 1]; mean over proxies
 * @param phi Φ, by which candidates are chosen
 */
public record TradeOffPoint(
    List<Integer> units, double cleanAccuracy, double attackSuccess, double phi) {
  /** Copies the list. */
  public TradeOffPoint {
    units = List.copyOf(units);
  }
}
