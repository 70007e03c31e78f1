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
  private static final double WIDEST_WARP = 1;
  private static final int WARP_STEPS = 140;
  private static final int WARP_BATCH = 32;
  private static final double WIDEST_SHIFT = 1;
  private static final int SHIFT_STEPS = 140;
  private static final int SHIFT_BATCH = 32;

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
    PerturbationFamily warps = new PerturbationFamily.Warps(CONTROL_GRID);
    return new TriggerFamily(
        WARP,
        new TriggerHunt(
            TriggerHunt.Settings.defaults().withinLargestSize(),
            steps ->
                new SmallestPerturbation(warps, WIDEST_WARP, steps, WARP_BATCH, Precision.AUTO)),
        new SmallestPerturbation(warps, WIDEST_WARP, WARP_STEPS, WARP_BATCH, Precision.AUTO),
        size ->
            new BudgetedPerturbation(
                warps, size, STRONGEST_STEPS, STRONGEST_BATCH, Precision.AUTO));
  }

  /** Channels raised inside the network, for every image alike. */
  public static TriggerFamily shifts() {
    PerturbationFamily shifts = new PerturbationFamily.Shifts();
    return new TriggerFamily(
        SHIFT,
        new TriggerHunt(
            TriggerHunt.Settings.defaults().withinLargestSize(),
            steps ->
                new SmallestPerturbation(shifts, WIDEST_SHIFT, steps, SHIFT_BATCH, Precision.AUTO)),
        new SmallestPerturbation(shifts, WIDEST_SHIFT, SHIFT_STEPS, SHIFT_BATCH, Precision.AUTO),
        size ->
            new BudgetedPerturbation(
                shifts, size, STRONGEST_STEPS, STRONGEST_BATCH, Precision.AUTO),
        network -> !ChannelStimulation.norms(network).isEmpty());
  }
}
