package io.secateur.defence;

import io.secateur.nn.Network;
import io.secateur.trigger.HuntResult;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What is to be repaired.
 *
 * @param network as it came
 * @param target the label that the backdoor leads to, where the user knows it
 * @param hunt an earlier hunt on this network; without it and without a target there is a new one
 */
public record Suspect(Network network, OptionalInt target, Optional<HuntResult> hunt) {
  /** A network of which nothing is known. */
  public static Suspect of(Network network) {
    return new Suspect(network, OptionalInt.empty(), Optional.empty());
  }
}
