package io.secateur.agent;

import io.secateur.data.CleanSample;
import io.secateur.data.CutMix;
import io.secateur.data.ImageSet;
import io.secateur.engine.NumberFormat;
import io.secateur.engine.Scope;
import io.secateur.nn.Network;
import io.secateur.prune.PruningSpace;
import io.secateur.run.RunContext;
import io.secateur.trigger.Trigger;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * What every search for a mask is given: the suspect, what it may lose, proxies of the attack,
 * clean images and what counts. Searches learn on the tuning images; the hold-out images, which no
 * search step sees, decide among candidates. On both sides accuracy may be measured on mixed copies
 * ({@link CutMix}). Its tensors belong to the scope open at construction.
 */
public final class PruningProblem {
  /** Copies of a hold-out image for one of a tuning image, as long as they are few in all. */
  private static final int HOLD_OUT_COPIES = 4;

  private static final int FEW = 400;
  private static final long COPY_SEED = 1;

  private final Network network;
  private final PruningSpace space;
  private final List<Trigger> proxies;
  private final int target;
  private final CleanSample clean;
  private final Reward reward;
  private final PruningEnvironment tune;
  private final PruningEnvironment holdOut;
  private final Measurement unprunedHoldOut;
  private final Measurement unprunedTune;
  private final Map<BitSet, TradeOffPoint> candidates = new LinkedHashMap<>();

  /**
   * A problem; both environments cache their images' activations.
   *
   * @param mixed copies of each tuning image that take its place where clean images are drawn, and
   *     up to {@value #HOLD_OUT_COPIES} times as many of each hold-out image beside it; 0: the
   *     images alone
   */
  public PruningProblem(
      Network network,
      PruningSpace space,
      List<Trigger> proxies,
      int target,
      CleanSample clean,
      int mixed,
      Reward reward,
      NumberFormat format) {
    this.network = network;
    this.space = space;
    this.proxies = List.copyOf(proxies);
    this.target = target;
    this.clean = clean;
    this.reward = reward;
    this.tune =
        new PruningEnvironment(network, space, proxies, target, tuning(clean, mixed), format);
    this.holdOut =
        new PruningEnvironment(network, space, proxies, target, heldOut(clean, mixed), format);
    this.unprunedTune = tune.measure(new boolean[space.size()]);
    this.unprunedHoldOut = holdOut.measure(new boolean[space.size()]);
  }

  private static PruningEnvironment.Images tuning(CleanSample clean, int mixed) {
    ImageSet images = clean.tune();
    return mixed == 0
        ? PruningEnvironment.Images.of(images)
        : new PruningEnvironment.Images(
            CutMix.copies(images, mixed, COPY_SEED), Optional.empty(), images);
  }

  private static PruningEnvironment.Images heldOut(CleanSample clean, int mixed) {
    ImageSet images = clean.holdOut();
    return mixed == 0
        ? PruningEnvironment.Images.of(images)
        : new PruningEnvironment.Images(
            images, Optional.of(imagesForAccuracy(clean, mixed)), images);
  }

  /** The hold-out images that accuracy is judged by: their copies if there are some. */
  public static ImageSet imagesForAccuracy(CleanSample clean, int mixed) {
    ImageSet images = clean.holdOut();
    int more = Math.max(1, Math.min(HOLD_OUT_COPIES, FEW / images.size()));
    return mixed == 0 ? images : CutMix.copies(images, more * mixed, COPY_SEED);
  }

  /** The suspect. */
  public Network network() {
    return network;
  }

  /** What it may lose. */
  public PruningSpace space() {
    return space;
  }

  /** Triggers that stand for the true one. */
  public List<Trigger> proxies() {
    return proxies;
  }

  /** The label that they force. */
  public int target() {
    return target;
  }

  /** The defender's images. */
  public CleanSample clean() {
    return clean;
  }

  /** What counts. */
  public Reward reward() {
    return reward;
  }

  /** Trials on the tuning images. */
  public PruningEnvironment tune() {
    return tune;
  }

  /** Trials on the hold-out images. */
  public PruningEnvironment holdOut() {
    return holdOut;
  }

  /** The suspect as it is, on the tuning images. */
  public Measurement unprunedTune() {
    return unprunedTune;
  }

  /** The suspect as it is, on the hold-out images. */
  public Measurement unprunedHoldOut() {
    return unprunedHoldOut;
  }

  private double phi(Measurement now, Measurement unpruned, boolean[] pruned) {
    return reward.phi(now, unpruned, MaskBits.count(pruned));
  }

  /** Φ on all tuning images. */
  public double tunePhi(boolean[] pruned) {
    return phi(tune.measure(pruned), unprunedTune, pruned);
  }

  /**
   * Φ on the hold-out images and their copies, which decides among candidates while a search goes
   * on; −∞ for a mask that empties a layer.
   */
  public double holdOutPhi(boolean[] pruned) {
    if (space.empties(pruned)) {
      return Double.NEGATIVE_INFINITY;
    }
    Measurement now = holdOut.measure(pruned);
    double phi = phi(now, unprunedHoldOut, pruned);
    BitSet mask = MaskBits.of(pruned);
    candidates.putIfAbsent(mask, new TradeOffPoint(mask.stream().boxed().toList(), now, phi));
    return phi;
  }

  /**
   * Every mask that was ever a candidate for the final one, see {@link #holdOutPhi}, in the order
   * they came, after the network as it is.
   */
  public List<TradeOffPoint> tradeOff() {
    List<TradeOffPoint> points = new ArrayList<>();
    points.add(
        new TradeOffPoint(
            List.of(), unprunedHoldOut, reward.phi(unprunedHoldOut, unprunedHoldOut, 0)));
    candidates.values().stream().filter(point -> !point.units().isEmpty()).forEach(points::add);
    return points;
  }

  /**
   * Φ on tuning images that are drawn anew for every iteration and shared by its masks. What was
   * measured goes to the run's log {@code name}, so that an interrupted search can be replayed.
   */
  public MaskObjective drawing(int cleanImages, int triggeredImages, RunContext run, String name) {
    RandomGenerator random = run.seeds().random(name, "images");
    return (masks, iteration) -> {
      long drawSeed = random.nextLong();
      return run.checkpoints()
          .measured(name, () -> phis(masks, cleanImages, triggeredImages, drawSeed));
    };
  }

  private double[] phis(
      List<boolean[]> masks, int cleanImages, int triggeredImages, long drawSeed) {
    return Scope.value(
        () -> {
          PruningEnvironment.Draw draw =
              tune.draw(cleanImages, triggeredImages, new SplittableRandom(drawSeed));
          Measurement unpruned = tune.measure(new boolean[space.size()], draw);
          double[] phi = new double[masks.size()];
          for (int m = 0; m < phi.length; m++) {
            phi[m] = phi(tune.measure(masks.get(m), draw), unpruned, masks.get(m));
          }
          return phi;
        });
  }
}
