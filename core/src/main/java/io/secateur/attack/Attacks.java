package io.secateur.attack;

import io.secateur.nn.Network;
import java.util.List;
import java.util.Optional;

/** All built-in attacks by name. */
public final class Attacks {
  private static final List<String> NAMES =
      List.of(
          "none",
          "badnets",
          "trojan",
          "trojan-nn",
          "blend",
          "clean-label",
          "dynamic",
          "wanet",
          "sig");

  private static final List<String> FROM_CLEAN = List.of("trojan-nn", "clean-label");

  private Attacks() {}

  /** The names that {@link #named} knows. */
  public static List<String> names() {
    return NAMES;
  }

  /** Whether the attack called {@code name} is made with the help of a clean network. */
  public static boolean needsCleanNetwork(String name) {
    return FROM_CLEAN.contains(name);
  }

  /**
   * The attack called {@code name} with the settings of the literature.
   *
   * @param clean a network trained on clean images, for attacks that need one
   * @throws IllegalArgumentException naming what exists, or that a clean network is missing
   */
  public static Attack named(String name, Optional<Network> clean) {
    return switch (name) {
      case "none" -> new NoAttack();
      case "badnets" -> BadNets.DEFAULT;
      case "trojan" -> Trojan.DEFAULT;
      case "trojan-nn" -> TrojanNN.against(required(name, clean));
      case "blend" -> Blended.DEFAULT;
      case "clean-label" -> CleanLabel.against(required(name, clean));
      case "dynamic" -> InputAware.DEFAULT;
      case "wanet" -> WaNet.DEFAULT;
      case "sig" -> Sig.DEFAULT;
      default ->
          throw new IllegalArgumentException(
              "attack '" + name + "': expected one of " + String.join(", ", NAMES));
    };
  }

  private static Network required(String name, Optional<Network> clean) {
    return clean.orElseThrow(
        () ->
            new IllegalArgumentException(
                "attack '"
                    + name
                    + "': expected a network trained on clean images to make it with"));
  }
}
