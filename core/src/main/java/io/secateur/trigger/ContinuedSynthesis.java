package io.secateur.trigger;

import io.secateur.data.ImageSet;
import io.secateur.nn.Network;

/** A synthesis that can go on from a trigger made before, perhaps on another network. */
public interface ContinuedSynthesis extends TriggerSynthesis {
  /** Like {@link #synthesise}, from {@code start} instead of from scratch. */
  SynthesisResult from(Trigger start, Network network, ImageSet images, int label, long seed);
}
