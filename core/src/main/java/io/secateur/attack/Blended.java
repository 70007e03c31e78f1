package io.secateur.attack;

import io.secateur.data.ImageSet;
import io.secateur.metric.Blend;
import io.secateur.nn.FeatureShape;
import io.secateur.run.RunContext;
import io.secateur.run.SeedTree;
import java.util.random.RandomGenerator;

/**
 * Blend (Chen, Liu, Li, Lu, Song 2017): x' = (1 − α) x + α P with one picture P for all images, on
 * a share of the training images, which get the target's label. RNP's code draws new noise for
 * every image; here P is fixed, as in ANP and BackdoorBench.
 *
 * @param picture P
 * @param alpha its weight, in (0, 1]
 * @param labels which images, and what they are called then
 */
public record Blended(Picture picture, double alpha, DirtyLabel labels) implements Attack {
  /** Noise of weight 0.2 on a tenth of all images, to label 0. */
  public static final Blended DEFAULT = new Blended(Picture.NOISE, 0.2, DirtyLabel.DEFAULT);

  /** What is blended in. */
  public enum Picture {
    /**
     * Gaussian noise of mean ½ and deviation ¼, drawn once for each value: of the kind that ANP
     * uses.
     */
    NOISE,
    /**
     * Coloured rings about the centre, in the place of BackdoorBench's cartoon, which is not ours.
     */
    RINGS
  }

  /** Rejects a weight outside (0, 1]. */
  public Blended {
    if (!(alpha > 0 && alpha <= 1)) {
      throw new IllegalArgumentException("alpha must be in (0, 1], got " + alpha);
    }
  }

  @Override
  public String name() {
    return "blend";
  }

  /**
   * The trigger.
   *
   * @param seeds where the noise comes from
   */
  public Blend trigger(FeatureShape shape, SeedTree seeds) {
    byte[] image =
        switch (picture) {
          case NOISE -> noise(shape, seeds.random("picture"));
          case RINGS -> rings(shape);
        };
    return new Blend(shape, image, alpha);
  }

  private static byte[] noise(FeatureShape shape, RandomGenerator random) {
    byte[] image = new byte[shape.size()];
    for (int i = 0; i < image.length; i++) {
      image[i] = byteOf(0.5 + 0.25 * random.nextGaussian());
    }
    return image;
  }

  /** Waves that run outwards, three over the height; each channel a third of a wave later. */
  private static byte[] rings(FeatureShape shape) {
    byte[] image = new byte[shape.size()];
    int plane = shape.height() * shape.width();
    for (int i = 0; i < image.length; i++) {
      double x = i % shape.width() - (shape.width() - 1) / 2.0;
      double y = i % plane / shape.width() - (shape.height() - 1) / 2.0;
      double waves = 6 * StrictMath.hypot(x, y) / shape.height() + i / plane / 3.0;
      image[i] = byteOf(0.5 + 0.5 * StrictMath.cos(2 * Math.PI * waves));
    }
    return image;
  }

  private static byte byteOf(double value) {
    return (byte) Math.round(255 * Math.min(1, Math.max(0, value)));
  }

  @Override
  public void check(ImageSet clean) {
    labels.target().check(clean);
  }

  @Override
  public Poisoning poison(ImageSet clean, RunContext run) {
    return labels.poison(name(), trigger(clean.shape(), run.seeds()), clean, run);
  }
}
