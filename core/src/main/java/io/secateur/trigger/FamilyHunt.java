package io.secateur.trigger;

import io.secateur.data.ImageSet;
import io.secateur.nn.Network;
import io.secateur.run.RunContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Hunts in one family of triggers after the other until a label is accused in one: which family
 * stands for a backdoor, the network says. A network is cleared only if every family clears it.
 *
 * <p>Cost: that of the hunts up to the one that accuses; of all on a clean network.
 *
 * @param families in the order in which they are tried, at least one
 */
public record FamilyHunt(List<TriggerFamily> families) {
  /** Copies the list. */
  public FamilyHunt {
    families = List.copyOf(families);
    if (families.isEmpty()) {
      throw new IllegalArgumentException("a hunt needs a family of triggers");
    }
  }

  /** Patches, then warps. */
  public static FamilyHunt standard() {
    return new FamilyHunt(List.of(TriggerFamily.patches(), TriggerFamily.warps()));
  }

  /**
   * The hunt that accuses; if none does, the first that is in doubt; if none is, the first.
   *
   * @param name of this hunt among those of a run: names stages, seeds and checkpoints
   */
  public HuntResult run(String name, Network network, ImageSet images, RunContext context) {
    List<HuntResult> hunts = new ArrayList<>();
    for (TriggerFamily family : families) {
      String own = hunts.isEmpty() ? name : name + "-" + family.name();
      hunts.add(family.hunt().run(own, network, images, context).of(family));
      if (hunts.get(hunts.size() - 1).verdict() == Verdict.BACKDOORED) {
        break;
      }
    }
    return first(hunts, Verdict.BACKDOORED)
        .or(() -> first(hunts, Verdict.INCONCLUSIVE))
        .orElse(hunts.get(0))
        .among(hunts);
  }

  private static Optional<HuntResult> first(List<HuntResult> hunts, Verdict verdict) {
    return hunts.stream().filter(hunt -> hunt.verdict() == verdict).findFirst();
  }

  /** The family called {@code name}. */
  public TriggerFamily family(String name) {
    return families.stream()
        .filter(family -> family.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no family of triggers is called " + name));
  }
}
