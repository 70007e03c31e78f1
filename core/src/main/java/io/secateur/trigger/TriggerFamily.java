package io.secateur.trigger;

import io.secateur.engine.Engine;
import io.secateur.nn.Network;
import io.secateur.train.Precision;
import java.util.function.DoubleFunction;
import java.util.function.Predicate;

/**
 * One way in which triggers change images, or what a network makes of them, with the searches that
 * find such triggers.
 *
 * @param name what a trigger of it is called: "patch"
 * @param hunt over all labels
 * @param smallest makes the smallest trigger of one label
 * @param strongest makes the strongest trigger of at most that size
 * @param fits whether a network has what they change
 */
public record TriggerFamily(
    String name,
    TriggerHunt hunt,
    TriggerSynthesis smallest,
    DoubleFunction<ContinuedSynthesis> strongest,
    Predicate<Network> fits) {
  /** A family that every network has, one that changes images. */
  public TriggerFamily(
      String name,
      TriggerHunt hunt,
      TriggerSynthesis smallest,
      DoubleFunction<ContinuedSynthesis> strongest) {
    this(name, hunt, smallest, strongest, network -> true);
  }

  /** Name of the family that covers a part of the image. */
  public static final String PATCH = "patch";

  /** Name of the family that bends the image. */
  public static final String WARP = "warp";

  /** Name of the family that raises channels inside the network. */
  public static final String SHIFT = "shift";

  private static final int STRONGEST_STEPS = 120;
  private static final int STRONGEST_BATCH = 32;
  private static final int CONTROL_GRID = 5;

  /** Largest warp, in pixels, and largest shift, in scales. */
  private static final double WIDEST = 1;

  private static final int STEPS = 140;
  private static final int BATCH = 32;

  /** Patches: part of the image is covered, for every image alike. */
  public static TriggerFamily patches() {
    return patches(TriggerHunt.standard());
  }

  /** The same with the hunt as published, which takes hours. */
  public static TriggerFamily patchesAsPublished() {
    return patches(TriggerHunt.paper(Engine.fastest()));
  }

  private static TriggerFamily patches(TriggerHunt hunt) {
    return new TriggerFamily(
        PATCH,
        hunt,
        new ProximalCleanse(ProximalCleanse.Settings.defaults(), Engine.fastest()),
        pixels -> new BudgetedPatch(pixels, STRONGEST_STEPS, STRONGEST_BATCH, Precision.AUTO));
  }

  /** Smooth warps of the whole image, for every image alike. */
  public static TriggerFamily warps() {
    return changes(WARP, new PerturbationFamily.Warps(CONTROL_GRID), network -> true);
  }

  /** Channels raised inside the network, for every image alike. */
  public static TriggerFamily shifts() {
    return changes(
        SHIFT,
        new PerturbationFamily.Shifts(),
        network -> !ChannelStimulation.norms(network).isEmpty());
  }

  private static TriggerFamily changes(
      String name, PerturbationFamily changes, Predicate<Network> fits) {
    return new TriggerFamily(
        name,
        new TriggerHunt(
            TriggerHunt.Settings.defaults().withinLargestSize(),
            steps -> new SmallestPerturbation(changes, WIDEST, steps, BATCH, Precision.AUTO)),
        new SmallestPerturbation(changes, WIDEST, STEPS, BATCH, Precision.AUTO),
        size ->
            new BudgetedPerturbation(
                changes, size, STRONGEST_STEPS, STRONGEST_BATCH, Precision.AUTO),
        fits);
  }
}
