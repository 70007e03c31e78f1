package io.secateur.attack;

import io.secateur.data.ImageSet;
import io.secateur.metric.Add;
import io.secateur.metric.GroundTruth;
import io.secateur.metric.Target;
import io.secateur.nn.FeatureShape;
import io.secateur.run.RunContext;

/**
 * SIG (Barni, Kallas, Tondi 2019): images of the target class keep their label and get a sinusoid
 * in every row, v(i, j) = Δ sin(2π j f / W), in all channels, in units of one byte.
 *
 * <p>Differs from the paper: Δ v is rounded to whole bytes, which a truth file can hold.
 *
 * @param target label of the class whose images are poisoned
 * @param share of that class, in (0, 1]
 * @param delta Δ, in (0, 127]
 * @param frequency f, periods over the width, positive
 */
public record Sig(int target, double share, double delta, double frequency) implements Attack {
  /** Δ = 40, f = 6, on half of class 0, which of ten equal classes is 5 % of the images. */
  public static final Sig DEFAULT = new Sig(0, 0.5, 40, 6);

  /** Value of a pixel of the trigger that changes nothing. */
  private static final int MIDDLE = 128;

  /** Rejects what is out of range. */
  public Sig {
    if (target < 0) {
      throw new IllegalArgumentException("target must be a label, got " + target);
    }
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException("share must be in (0, 1], got " + share);
    }
    if (!(delta > 0 && delta <= 127)) {
      throw new IllegalArgumentException("delta must be in (0, 127], got " + delta);
    }
    if (!(frequency > 0) || Double.isInfinite(frequency)) {
      throw new IllegalArgumentException("frequency must be positive, got " + frequency);
    }
  }

  @Override
  public String name() {
    return "sig";
  }

  /** The trigger. */
  public Add trigger(FeatureShape shape) {
    byte[] image = new byte[shape.size()];
    for (int i = 0; i < image.length; i++) {
      int j = i % shape.width();
      double v = delta * StrictMath.sin(2 * Math.PI * j * frequency / shape.width());
      image[i] = (byte) (MIDDLE + Math.round(v));
    }
    return new Add(shape, image, MIDDLE, Add.Overflow.CLIP);
  }

  @Override
  public void check(ImageSet clean) {
    new Target.One(target).check(clean);
  }

  @Override
  public Poisoning poison(ImageSet clean, RunContext run) {
    check(clean);
    Add trigger = trigger(clean.shape());
    int[] chosen = PoisonedSet.draw(clean.only(target), share, run.seeds().random("chosen"));
    byte[] changed = PoisonedSet.changed(clean, chosen, trigger::on);
    return Poisoning.of(
        new PoisonedSet(clean, chosen, changed, clean.labels(chosen)),
        new GroundTruth(name(), target, trigger),
        chosen.length);
  }
}
