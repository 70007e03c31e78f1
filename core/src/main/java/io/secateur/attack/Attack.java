package io.secateur.attack;

import io.secateur.data.Augmentation;
import io.secateur.data.ImageSet;
import io.secateur.run.RunContext;

/** A way to hide a backdoor in a network by what it is trained on. */
public interface Attack {
  /** Name as given with {@code --attack}. */
  String name();

  /** What is done to training images unless the user says otherwise. */
  default Augmentation augmentation() {
    return Augmentation.CROP_AND_FLIP;
  }

  /** Fewest images of a batch of which some bear the trigger; with fewer nothing is learnt. */
  default int leastBatch() {
    return 1;
  }

  /**
   * Whether the attack can be made on such images; makes and changes nothing.
   *
   * @throws IllegalArgumentException if the trigger does not fit them or they have no class of the
   *     target's number; the message says what would fit
   */
  default void check(ImageSet clean) {}

  /**
   * What to train on instead of {@code clean}, and the truth about it. The same images and seeds
   * give the same, whatever was asked before.
   *
   * @param run whose randomness it takes; what costs time is told to its progress and remembered
   * @throws IllegalArgumentException as {@link #check} does
   */
  Poisoning poison(ImageSet clean, RunContext run);
}
