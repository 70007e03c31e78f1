package io.secateur.format;

import io.secateur.nn.FeatureShape;
import java.util.Optional;

/**
 * How to read a model file.
 *
 * @param key where in a checkpoint the network stands, its keys joined by {@code /} ({@code
 *     state_dict}, {@code models/teacher}, or empty text for the top level); empty: found by search
 * @param allowNonFinite whether NaN and infinite weights are let through instead of refused
 * @param images shape of the images at hand, for an ONNX graph that takes images of any size
 */
public record ReadOptions(
    Optional<String> key, boolean allowNonFinite, Optional<FeatureShape> images) {
  /** Search for the network; refuse NaN and infinite weights. */
  public static ReadOptions defaults() {
    return new ReadOptions(Optional.empty(), false, Optional.empty());
  }

  /** These options with the network at {@code chosen}. */
  public ReadOptions withKey(String chosen) {
    return new ReadOptions(Optional.of(chosen), allowNonFinite, images);
  }

  /** These options with NaN and infinite weights let through. */
  public ReadOptions allowingNonFinite() {
    return new ReadOptions(key, true, images);
  }

  /** These options with images of {@code shape} at hand. */
  public ReadOptions withImages(FeatureShape shape) {
    return new ReadOptions(key, allowNonFinite, Optional.of(shape));
  }
}
