package io.secateur.trigger;

import io.secateur.data.ImageSet;
import io.secateur.nn.Network;
import io.secateur.run.RunContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Hunts in one family of triggers after the other until a label is accused in one: which family
 * stands for a backdoor, the network says. If none is, the network is asked which label it falls
 * back on when it forgets, which needs no trigger. It is cleared only if every family clears it and
 * its answers speak for no label, if it has enough labels to be asked and makes mistakes enough.
 *
 * <p>Cost: that of the hunts up to the one that accuses; of all and of the probe on a clean
 * network.
 *
 * @param families in the order in which they are tried, at least one
 * @param probe asked if no family accuses a label of a network that has enough of them
 */
public record FamilyHunt(List<TriggerFamily> families, Optional<UnlearningProbe> probe) {
  /** Copies the list. */
  public FamilyHunt {
    families = List.copyOf(families);
    if (families.isEmpty()) {
      throw new IllegalArgumentException("a hunt needs a family of triggers");
    }
  }

  /** Hunts for triggers alone. */
  public FamilyHunt(List<TriggerFamily> families) {
    this(families, Optional.empty());
  }

  /** Patches, then warps, then shifts of channels, then what the network answers as it forgets. */
  public static FamilyHunt standard() {
    return new FamilyHunt(
        List.of(TriggerFamily.patches(), TriggerFamily.warps(), TriggerFamily.shifts()),
        Optional.of(new UnlearningProbe(UnlearningProbe.Settings.DEFAULT)));
  }

  /**
   * The usual hunt in some families only, in the usual order; nothing is asked of a network that
   * forgets.
   *
   * @throws IllegalArgumentException if one is not known, naming those that are
   */
  public static FamilyHunt only(Set<String> names) {
    List<TriggerFamily> all = standard().families();
    List<String> known = all.stream().map(TriggerFamily::name).toList();
    for (String name : names) {
      if (!known.contains(name)) {
        throw new IllegalArgumentException(
            "no triggers are called '" + name + "': expected some of " + String.join(", ", known));
      }
    }
    return new FamilyHunt(all.stream().filter(family -> names.contains(family.name())).toList());
  }

  /** Patches by {@link NeuralCleanse} as published, nothing else. Takes hours. */
  public static FamilyHunt paper() {
    return new FamilyHunt(List.of(TriggerFamily.patchesAsPublished()));
  }

  /**
   * The hunt that accuses; if none does, the first that is in doubt; if none is, the first; the
   * last two judged by the network's answers as well.
   *
   * @param name of this hunt among those of a run: names stages, seeds and checkpoints
   */
  public HuntResult run(String name, Network network, ImageSet images, RunContext context) {
    List<HuntResult> hunts = new ArrayList<>();
    for (TriggerFamily family : families) {
      if (!family.fits().test(network)) {
        continue;
      }
      String own = hunts.isEmpty() ? name : name + "-" + family.name();
      hunts.add(family.hunt().run(own, network, images, context).of(family));
      if (hunts.get(hunts.size() - 1).verdict() == Verdict.BACKDOORED) {
        break;
      }
    }
    if (hunts.isEmpty()) {
      throw new IllegalArgumentException(
          network.architecture().name() + " has nothing that the hunted triggers change");
    }
    HuntResult found =
        first(hunts, Verdict.BACKDOORED)
            .or(() -> first(hunts, Verdict.INCONCLUSIVE))
            .orElse(hunts.get(0))
            .among(hunts);
    if (probe.isEmpty()
        || network.classes() < UnlearningProbe.LEAST_LABELS
        || found.verdict() == Verdict.BACKDOORED) {
      return found;
    }
    UnlearningProbe.Answers answers =
        probe.get().run(name + "-unlearning", network, images, context);
    HuntResult judged = found.judgedBy(answers);
    if (judged.byFallback()) {
      // What leads a repair then says nothing of another label that was in doubt.
      judged = hunts.get(0).among(hunts).judgedBy(answers);
    }
    context.progress().event("unlearning-probe", summary(name, judged));
    return judged;
  }

  private static Map<String, Object> summary(String name, HuntResult judged) {
    UnlearningProbe.Answers answers = judged.fallback().orElseThrow();
    return Map.of(
        "name", name,
        "verdict", judged.verdict().name(),
        "label", answers.label(),
        "share", answers.share(),
        "mistakes", answers.mistakes());
  }

  private static Optional<HuntResult> first(List<HuntResult> hunts, Verdict verdict) {
    return hunts.stream().filter(hunt -> hunt.verdict() == verdict).findFirst();
  }

  /** The family called {@code name}. */
  public TriggerFamily family(String name) {
    return families.stream()
        .filter(family -> family.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no triggers are called '" + name + "'"));
  }
}
