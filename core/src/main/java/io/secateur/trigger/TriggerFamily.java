package io.secateur.trigger;

import io.secateur.engine.Engine;
import io.secateur.train.Precision;
import java.util.function.DoubleFunction;

/**
 * One way in which triggers change images, with the searches that find such triggers.
 *
 * @param name what a trigger of it is called: "patch"
 * @param hunt over all labels
 * @param smallest makes the smallest trigger of one label
 * @param strongest makes the strongest trigger of at most that size
 */
public record TriggerFamily(
    String name,
    TriggerHunt hunt,
    TriggerSynthesis smallest,
    DoubleFunction<ContinuedSynthesis> strongest) {
  /** Name of the family that covers a part of the image. */
  public static final String PATCH = "patch";

  /** Name of the family that bends the image. */
  public static final String WARP = "warp";

  private static final int STRONGEST_STEPS = 120;
  private static final int STRONGEST_BATCH = 32;
  private static final int CONTROL_GRID = 5;
  private static final double WIDEST_WARP = 1;
  private static final int WARP_STEPS = 140;
  private static final int WARP_BATCH = 32;

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
}
