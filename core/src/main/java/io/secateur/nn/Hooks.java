package io.secateur.nn;

import io.secateur.engine.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * What to do to the channels of a network while it runs. Masks, perturbations and taps of every
 * method are hooks of the one {@link Interpreter}; no network is written again for any of them.
 *
 * @param masks per node name a tensor [C] that multiplies the channels of its output
 * @param scales per batch-norm node a tensor [C] that multiplies γ (ANP, RNP)
 * @param shifts per batch-norm node a tensor [C] that multiplies β (ANP)
 * @param additions per node name a tensor [C], or [N, C] where every image gets its own, that is
 *     added to the channels of its output before its mask; where outputs are given, not computed,
 *     it is in them already
 * @param tap called with every computed node's name and output, after its mask
 * @param training batch norm uses and updates batch statistics and dropout is on
 */
public record Hooks(
    Map<String, Tensor> masks,
    Map<String, Tensor> scales,
    Map<String, Tensor> shifts,
    Map<String, Tensor> additions,
    BiConsumer<String, Tensor> tap,
    boolean training) {
  private static final BiConsumer<String, Tensor> NO_TAP = (name, output) -> {};

  /** Nothing: plain evaluation. */
  public static final Hooks NONE = new Hooks(Map.of(), Map.of(), Map.of(), Map.of(), NO_TAP, false);

  /** Training mode. */
  public static final Hooks TRAINING =
      new Hooks(Map.of(), Map.of(), Map.of(), Map.of(), NO_TAP, true);

  /** Copies the maps. */
  public Hooks {
    masks = Map.copyOf(masks);
    scales = Map.copyOf(scales);
    shifts = Map.copyOf(shifts);
    additions = Map.copyOf(additions);
  }

  /** Channel masks only. */
  public static Hooks masked(Map<String, Tensor> masks) {
    return NONE.withMasks(masks);
  }

  /** Channel masks from plain values; the tensors belong to the current scope. */
  public static Hooks maskedBy(Map<String, float[]> factors) {
    Map<String, Tensor> masks = new LinkedHashMap<>();
    factors.forEach((name, values) -> masks.put(name, Tensor.of(values, values.length)));
    return masked(masks);
  }

  /** These hooks with other masks. */
  public Hooks withMasks(Map<String, Tensor> replacement) {
    return new Hooks(replacement, scales, shifts, additions, tap, training);
  }

  /** These hooks with other multipliers of γ and β. */
  public Hooks withPerturbation(Map<String, Tensor> newScales, Map<String, Tensor> newShifts) {
    return new Hooks(masks, newScales, newShifts, additions, tap, training);
  }

  /** These hooks with other additions. */
  public Hooks withAdditions(Map<String, Tensor> replacement) {
    return new Hooks(masks, scales, shifts, replacement, tap, training);
  }

  /** These hooks with another tap. */
  public Hooks withTap(BiConsumer<String, Tensor> replacement) {
    return new Hooks(masks, scales, shifts, additions, replacement, training);
  }

  /** Whether nobody looks at outputs. */
  boolean untapped() {
    return tap == NO_TAP;
  }

  /** These hooks with training mode on or off. */
  public Hooks withTraining(boolean on) {
    return new Hooks(masks, scales, shifts, additions, tap, on);
  }
}
