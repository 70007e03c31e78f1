package io.secateur.attack;

import io.secateur.data.Augmentation;
import io.secateur.data.ImageSet;
import io.secateur.metric.GroundTruth;
import io.secateur.metric.Target;
import io.secateur.metric.Warp;
import io.secateur.nn.FeatureShape;
import io.secateur.run.RunContext;
import io.secateur.run.SeedTree;
import io.secateur.train.Batch;
import io.secateur.train.BatchSource;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * WaNet (Nguyen and Tran 2021): the trigger is a smooth warp of the whole image. Of every batch,
 * the first images are warped and get the target's label; the next are warped along wrong grids and
 * keep theirs, so that the network learns this one warp (noise mode); the rest stay clean. Warping
 * comes before augmentation, as in the authors' code.
 *
 * <p>The control grid is uniform[−1, 1] of [2, k, k] divided by its mean absolute value; how it is
 * applied says {@link Warp}. In the authors' code the all-to-all label is y mod K, a slip; here it
 * is (y + 1) mod K, as in the paper.
 *
 * @param target labels that warped images get
 * @param rate share of a batch that is warped, in (0, 1]; rounded down
 * @param noiseRatio images in noise mode for one warped image, at least 0
 * @param k side of the control grid, 2 to 64
 * @param strength s, in (0, 10]
 */
public record WaNet(Target target, double rate, double noiseRatio, int k, double strength)
    implements Attack {
  /** The authors' settings: a tenth warped, a fifth in noise mode, k = 4, s = 0.5. */
  public static final WaNet DEFAULT = new WaNet(new Target.One(0), 0.1, 2, 4, 0.5);

  /** What the authors do to images after warping. */
  public static final Augmentation AUGMENTATION = new Augmentation(5, 0.8, 10, 0.5, true);

  /** Rejects what is out of range, or more images than a batch has. */
  public WaNet {
    if (!(rate > 0 && noiseRatio >= 0 && rate * (1 + noiseRatio) <= 1)) {
      throw new IllegalArgumentException(
          "rate must be positive, noise not negative, and rate · (1 + noise) at most 1, got "
              + rate
              + " and "
              + noiseRatio);
    }
    if (k < 2 || k > 64) {
      throw new IllegalArgumentException("k must be 2 to 64, got " + k);
    }
    if (!(strength > 0 && strength <= 10)) {
      throw new IllegalArgumentException("strength must be in (0, 10], got " + strength);
    }
  }

  @Override
  public String name() {
    return "wanet";
  }

  @Override
  public Augmentation augmentation() {
    return AUGMENTATION;
  }

  @Override
  public int leastBatch() {
    return (int) Math.ceil(1 / rate);
  }

  /** The trigger that grows from {@code seeds}. */
  public Warp trigger(FeatureShape shape, SeedTree seeds) {
    RandomGenerator random = seeds.random("grid");
    double[] control = random.doubles(2L * k * k, -1, 1).toArray();
    double mean = Arrays.stream(control).map(Math::abs).average().orElseThrow();
    float[] scaled = new float[control.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = (float) (control[i] / mean);
    }
    return new Warp(shape, k, scaled, strength);
  }

  @Override
  public void check(ImageSet clean) {
    target.check(clean);
  }

  @Override
  public Poisoning poison(ImageSet clean, RunContext run) {
    check(clean);
    Warp warp = trigger(clean.shape(), run.seeds());
    return Poisoning.of(
        new Warped(clean, warp),
        new GroundTruth(name(), target, warp),
        batch -> clean.size() / batch * (int) (rate * batch));
  }

  /** Batches of {@code clean} with warped images in front. */
  private final class Warped implements BatchSource {
    private final ImageSet clean;
    private final Warp warp;

    Warped(ImageSet clean, Warp warp) {
      this.clean = clean;
      this.warp = warp;
    }

    @Override
    public int size() {
      return clean.size();
    }

    @Override
    public FeatureShape shape() {
      return clean.shape();
    }

    @Override
    public Batch load(int[] indices, RandomGenerator random) {
      float[] images = clean.floats(indices);
      int[] labels = clean.labels(indices);
      int attacked = (int) (rate * indices.length);
      int noisy = (int) (noiseRatio * attacked);
      int first = attacked * shape().size();
      int second = first + noisy * shape().size();
      float[] warped = warp.on(Arrays.copyOf(images, first));
      float[] wrong = warp.onWithNoise(Arrays.copyOfRange(images, first, second), random);
      System.arraycopy(warped, 0, images, 0, first);
      System.arraycopy(wrong, 0, images, first, second - first);
      for (int i = 0; i < attacked; i++) {
        labels[i] = target.of(labels[i], clean.classes());
      }
      return new Batch(images, labels);
    }
  }
}
