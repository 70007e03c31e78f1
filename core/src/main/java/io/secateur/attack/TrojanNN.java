package io.secateur.attack;

import io.secateur.data.ImageSet;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.metric.Add;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Interpreter;
import io.secateur.nn.Layer;
import io.secateur.nn.Network;
import io.secateur.nn.Node;
import io.secateur.run.Progress;
import io.secateur.run.RunContext;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * TrojanNN (Liu, Ma, Aafer, Lee, Zhai, Wang, Zhang 2018) as BackdoorBench runs it: the trigger is
 * made on a clean network so that it drives a few of its features, then added to a share of the
 * training images, which get the target's label; the infected network is trained from scratch.
 *
 * <ol>
 *   <li>Of the features f before the last linear layer W, take the few with the largest Σ|W[·, i]|.
 *   <li>From a grey shape on black, descend Σ(fᵢ − value)² inside the shape ({@link
 *       ProjectedGradient}).
 *   <li>x' = clip(x + trigger).
 * </ol>
 *
 * <p>Differs from BackdoorBench: the shape is an apple that this code draws in the lower right
 * corner, not their picture of one, which is not ours; sums are clipped unless told to wrap around,
 * as theirs do.
 *
 * @param clean a network trained on clean images of the same shape, that ends in a linear layer
 * @param labels which images, and what they are called then
 */
public record TrojanNN(Network clean, Settings settings, DirtyLabel labels) implements Attack {
  /** Loss at which the features count as driven. */
  private static final double TOLERANCE = 1e-3;

  /** Side of the box around the apple, as a share of the image's height. */
  private static final double SHARE = 0.375;

  private static final float GREY = 0.5f;

  /**
   * How the trigger is made.
   *
   * @param features how many are driven, at least 1
   * @param value that they are driven to
   * @param descent how; the radius bounds how far a pixel gets from grey
   * @param overflow what becomes of sums above 255
   */
  public record Settings(
      int features, double value, ProjectedGradient descent, Add.Overflow overflow) {
    /** BackdoorBench's, but clipped. */
    public static final Settings DEFAULT =
        new Settings(2, 100, new ProjectedGradient(0.3, 0.1, 1000), Add.Overflow.CLIP);

    /** Rejects no features and a value that is no number. */
    public Settings {
      if (features < 1) {
        throw new IllegalArgumentException("features must be at least 1, got " + features);
      }
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException("value must be a number, got " + value);
      }
    }
  }

  /** BackdoorBench's settings, on a tenth of all images, to label 0. */
  public static TrojanNN against(Network clean) {
    return new TrojanNN(clean, Settings.DEFAULT, DirtyLabel.DEFAULT);
  }

  /** Rejects a network that does not end in a linear layer of enough features. */
  public TrojanNN {
    if (!(clean.architecture().output().layer() instanceof Layer.Linear linear)
        || linear.inFeatures() < settings.features()) {
      throw new IllegalArgumentException(
          "the clean network must end in a linear layer of at least "
              + settings.features()
              + " features");
    }
  }

  @Override
  public String name() {
    return "trojan-nn";
  }

  /**
   * The image that the trigger adds, made anew: the same for the same network.
   *
   * @param progress gets one stage, of as many steps as the descent has at most
   */
  private byte[] image(Progress progress) {
    FeatureShape shape = clean.architecture().input();
    boolean[] inside = apple(shape);
    float[] start = new float[shape.size()];
    for (int i = 0; i < start.length; i++) {
      start[i] = inside[i % inside.length] ? GREY : 0;
    }
    float[] trigger;
    progress.begin("trigger", settings.descent().steps());
    AtomicInteger steps = new AtomicInteger();
    try (Scope weights = Scope.open()) {
      Interpreter network = Interpreter.evaluating(clean);
      Node last = clean.architecture().output();
      String before = last.inputs().get(0);
      Tensor chosen = Tensor.of(mostConnected(last));
      Tensor shown = mask(inside, shape);
      trigger =
          settings
              .descent()
              .descend(
                  start,
                  shape,
                  x -> {
                    Tensor features =
                        Objects.requireNonNull(
                            network.activations(x.mul(shown), Set.of(before)).get(before));
                    return features.indexSelect(1, chosen).add(-settings.value()).square().sum();
                  },
                  TOLERANCE,
                  () -> progress.advance(steps.incrementAndGet(), ""));
    }
    progress.end("");
    byte[] image = new byte[shape.size()];
    for (int i = 0; i < image.length; i++) {
      image[i] = (byte) Math.round(255 * trigger[i]);
    }
    return image;
  }

  /** The features with the largest sums of absolute weights, largest first. */
  private int[] mostConnected(Node linear) {
    float[] weight = clean.weights().get(linear.name() + ".weight").floats();
    int count = ((Layer.Linear) linear.layer()).inFeatures();
    double[] sums = new double[count];
    for (int i = 0; i < weight.length; i++) {
      sums[i % count] += Math.abs(weight[i]);
    }
    return IntStream.range(0, count)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -sums[i]))
        .limit(settings.features())
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private static Tensor mask(boolean[] inside, FeatureShape shape) {
    float[] values = new float[inside.length];
    for (int p = 0; p < values.length; p++) {
      values[p] = inside[p] ? 1 : 0;
    }
    return Tensor.of(values, 1, 1, shape.height(), shape.width());
  }

  /** An apple of two discs and a leaf in the lower right corner [H, W]. */
  private static boolean[] apple(FeatureShape shape) {
    double half = SHARE * Math.min(shape.height(), shape.width()) / 2;
    boolean[] inside = new boolean[shape.height() * shape.width()];
    for (int p = 0; p < inside.length; p++) {
      // Right of and below the middle of its box, whose sides are at −1 and 1.
      double x = (p % shape.width() + 0.5 - shape.width()) / half + 1;
      double y = (p / shape.width() + 0.5 - shape.height()) / half + 1;
      inside[p] =
          Math.hypot(Math.abs(x) - 0.35, y - 0.25) <= 0.65
              || Math.hypot((x - 0.25) / 0.35, (y + 0.65) / 0.2) <= 1;
    }
    return inside;
  }

  @Override
  public void check(ImageSet images) {
    if (!clean.architecture().input().equals(images.shape())) {
      throw new IllegalArgumentException(
          "a clean network of " + clean.architecture() + " does not fit " + images);
    }
    labels.target().check(images);
  }

  @Override
  public Poisoning poison(ImageSet images, RunContext run) {
    check(images);
    byte[] image = run.checkpoints().once("trigger", byte[].class, () -> image(run.progress()));
    Add trigger = new Add(clean.architecture().input(), image, 0, settings.overflow());
    return labels.poison(name(), trigger, images, run);
  }

  @Override
  public String toString() {
    return name() + Arrays.asList(settings, labels);
  }
}
