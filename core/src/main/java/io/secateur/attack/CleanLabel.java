package io.secateur.attack;

import io.secateur.data.ImageSet;
import io.secateur.engine.Engine;
import io.secateur.engine.Ops;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.metric.GroundTruth;
import io.secateur.metric.Stamp;
import io.secateur.metric.Target;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Interpreter;
import io.secateur.nn.Network;
import io.secateur.run.RunContext;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/**
 * The label-consistent attack (Turner, Tsipras, Madry 2019; "Clean Label", CL, LC, CLA): images of
 * the target class keep their label. They are made hard to recognise, so that the network leans on
 * the trigger:
 *
 * <pre>x' = stamp(x + δ),  δ raises a trained network's loss on x's own label, |δ|∞ ≤ radius</pre>
 *
 * ({@link ProjectedGradient}); the stamp is the checkerboard of {@link BadNets} in both right
 * corners, mirrored in both left ones as ANP and BackdoorBench do. At full amplitude, adding ±255
 * as the authors do and replacing are one. To trigger the backdoor the stamp is enough; the truth
 * holds no perturbation.
 *
 * <p>Differs from the paper: the network attacked is whatever is handed in; the paper and
 * BackdoorBench use an adversarially trained one.
 *
 * @param clean network that the images are made hard for
 */
public record CleanLabel(Network clean, Settings settings) implements Attack {
  private static final int BATCH = 100;

  /**
   * What is poisoned, and how hard it is made.
   *
   * @param target label of the class whose images are poisoned
   * @param share of that class, in (0, 1]
   * @param perturbation radius, step and number of steps
   */
  public record Settings(int target, double share, ProjectedGradient perturbation) {
    /** Radius 16/255, 80 % of the class (ANP); step 1.5/255, 100 steps (BackdoorBench). */
    public static final Settings DEFAULT =
        new Settings(0, 0.8, new ProjectedGradient(16 / 255.0, 1.5 / 255, 100));

    /** Rejects a negative label and a share outside (0, 1]. */
    public Settings {
      if (target < 0) {
        throw new IllegalArgumentException("target must be a label, got " + target);
      }
      if (!(share > 0 && share <= 1)) {
        throw new IllegalArgumentException("share must be in (0, 1], got " + share);
      }
    }
  }

  /** ANP's attack on {@code clean}, to label 0. */
  public static CleanLabel against(Network clean) {
    return new CleanLabel(clean, Settings.DEFAULT);
  }

  @Override
  public String name() {
    return "clean-label";
  }

  /**
   * The trigger.
   *
   * @param shape of the images, at least 6×6
   */
  public static Stamp trigger(FeatureShape shape) {
    int bottom = shape.height() - 3;
    int right = shape.width() - 3;
    if (bottom < 3 || right < 3) {
      throw new IllegalArgumentException("no room for four stamps on images of " + shape);
    }
    int[][] mirrored =
        Arrays.stream(BadNets.CHECKERBOARD)
            .map(row -> new int[] {row[2], row[1], row[0]})
            .toArray(int[][]::new);
    return new StampCanvas(shape)
        .square(0, 0, mirrored)
        .square(bottom, 0, mirrored)
        .square(0, right, BadNets.CHECKERBOARD)
        .square(bottom, right, BadNets.CHECKERBOARD)
        .stamp();
  }

  @Override
  public void check(ImageSet images) {
    if (!clean.architecture().input().equals(images.shape())
        || clean.classes() != images.classes()) {
      throw new IllegalArgumentException(
          "a clean network of " + clean.architecture() + " does not fit " + images);
    }
    new Target.One(settings.target()).check(images);
    trigger(images.shape());
  }

  @Override
  public Poisoning poison(ImageSet images, RunContext run) {
    check(images);
    int target = settings.target();
    Stamp trigger = trigger(images.shape());
    int[] chosen =
        PoisonedSet.draw(images.only(target), settings.share(), run.seeds().random("chosen"));
    byte[] changed = changed(images, chosen, run);
    return Poisoning.of(
        new PoisonedSet(images, chosen, changed, images.labels(chosen)),
        new GroundTruth(name(), target, trigger),
        chosen.length);
  }

  /** The chosen images, made hard and stamped; each batch of them is kept, for it takes a while. */
  private byte[] changed(ImageSet images, int[] chosen, RunContext run) {
    Stamp trigger = trigger(images.shape());
    int steps = settings.perturbation().steps();
    int batches = (chosen.length + BATCH - 1) / BATCH;
    ByteBuffer changed = ByteBuffer.allocate(chosen.length * images.shape().size());
    run.progress().begin("hardening", (long) batches * steps);
    for (int batch = 0; batch < batches; batch++) {
      int from = batch * BATCH;
      int[] some = Arrays.copyOfRange(chosen, from, Math.min(chosen.length, from + BATCH));
      AtomicLong done = new AtomicLong((long) batch * steps);
      Runnable stepped = () -> run.progress().advance(done.incrementAndGet(), "");
      UnaryOperator<float[]> change = clean -> trigger.on(hardened(clean, stepped));
      changed.put(
          run.checkpoints()
              .once(
                  "hardened-" + batch,
                  byte[].class,
                  () -> PoisonedSet.changed(images, some, change)));
    }
    run.progress().end("");
    return changed.array();
  }

  /**
   * Images of the target class, perturbed so that the clean network's loss on them rises.
   *
   * @param stepped is called after each step on each batch
   */
  float[] hardened(float[] images, Runnable stepped) {
    FeatureShape shape = clean.architecture().input();
    float[] hard = new float[images.length];
    try (Scope weights = Scope.open()) {
      // Only the signs of gradients count.
      Interpreter network = Interpreter.evaluating(clean, Engine.fastest());
      for (int from = 0; from < images.length; from += BATCH * shape.size()) {
        int to = Math.min(images.length, from + BATCH * shape.size());
        int[] own = new int[(to - from) / shape.size()];
        Arrays.fill(own, settings.target());
        Tensor labels = Tensor.of(own);
        float[] batch =
            settings
                .perturbation()
                .descend(
                    Arrays.copyOfRange(images, from, to),
                    shape,
                    x -> Ops.crossEntropy(network.forward(x), labels).neg(),
                    Double.NEGATIVE_INFINITY,
                    stepped);
        System.arraycopy(batch, 0, hard, from, batch.length);
      }
    }
    return hard;
  }
}
