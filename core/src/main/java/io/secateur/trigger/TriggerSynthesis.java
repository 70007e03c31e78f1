package io.secateur.trigger;

import io.secateur.data.ImageSet;
import io.secateur.nn.Network;

/** A way to make a small trigger for one label out of a suspect network and clean images. */
public interface TriggerSynthesis {
  /**
   * Makes a trigger that turns {@code images} into {@code label}.
   *
   * @param images clean images with their labels
   * @param seed of the start and of the draw of mini-batches: equal seeds, equal results
   */
  SynthesisResult synthesise(Network network, ImageSet images, int label, long seed);
}
