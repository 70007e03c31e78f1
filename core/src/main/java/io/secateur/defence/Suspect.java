package io.secateur.defence;

import io.secateur.nn.Network;
import java.util.OptionalInt;

/**
 * What is to be repaired.
 *
 * @param network as it came
 * @param target the label that the backdoor leads to, where the user knows it
 */
public record Suspect(Network network, OptionalInt target) {
  /** A network of which nothing is known. */
  public static Suspect of(Network network) {
    return new Suspect(network, OptionalInt.empty());
  }
}
