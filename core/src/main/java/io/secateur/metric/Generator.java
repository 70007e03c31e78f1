package io.secateur.metric;

import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Interpreter;
import io.secateur.nn.Network;
import java.util.Arrays;

/**
 * A trigger that two networks make for each image by itself (Input-Aware Dynamic Backdoor Attack:
 * Nguyen and Tran 2020): x' = x + (p − x) · m with
 *
 * <pre>pattern p = G(x)/2 + ½,   mask m = tanh(20 · (M(x)/2 + ½) − 10)/2 + ½</pre>
 *
 * where G and M end in a hyperbolic tangent. Differs from the authors' code in that they divide by
 * 2 + 10⁻⁷.
 *
 * @param pattern G, from images [C, H, W] to patterns of the same shape
 * @param mask M, to [1, H, W]
 */
public record Generator(Network pattern, Network mask) implements TrueTrigger {
  private static final int BATCH = 100;

  /** Rejects networks that are not from one shape of image to such images and masks. */
  public Generator {
    FeatureShape shape = pattern.architecture().input();
    FeatureShape plane = new FeatureShape(1, shape.height(), shape.width());
    if (!pattern.architecture().output().output().equals(shape)
        || !mask.architecture().input().equals(shape)
        || !mask.architecture().output().output().equals(plane)) {
      throw new IllegalArgumentException(
          "no pattern and mask on "
              + shape
              + ": the networks yield "
              + pattern.architecture().output().output()
              + " and, from "
              + mask.architecture().input()
              + ", "
              + mask.architecture().output().output());
    }
  }

  @Override
  public String kind() {
    return "generator";
  }

  @Override
  public FeatureShape shape() {
    return pattern.architecture().input();
  }

  /** The pattern p [N, C, H, W] in [0, 1] from the output of G. */
  public static Tensor pattern(Tensor output) {
    return output.div(2).add(0.5);
  }

  /** The mask m [N, 1, H, W] in [0, 1] from the output of M. */
  public static Tensor mask(Tensor output) {
    return output.div(2).add(0.5).mul(20).add(-10).tanh().div(2).add(0.5);
  }

  /** x + (p − x) · m. */
  public static Tensor on(Tensor images, Tensor patterns, Tensor masks) {
    return images.add(patterns.sub(images).mul(masks));
  }

  @Override
  public float[] on(float[] images) {
    TrueTrigger.check(images, shape());
    float[] triggered = new float[images.length];
    int step = BATCH * shape().size();
    try (Scope weights = Scope.open()) {
      Interpreter g = Interpreter.evaluating(pattern);
      Interpreter m = Interpreter.evaluating(mask);
      for (int from = 0; from < images.length; from += step) {
        float[] batch = Arrays.copyOfRange(images, from, Math.min(images.length, from + step));
        float[] done = Scope.value(() -> Scope.withoutGradients(() -> batch(g, m, batch)));
        System.arraycopy(done, 0, triggered, from, done.length);
      }
    }
    return triggered;
  }

  private float[] batch(Interpreter g, Interpreter m, float[] batch) {
    FeatureShape shape = shape();
    Tensor x = Tensor.of(batch, shape.batch(batch.length / shape.size()));
    return on(x, pattern(g.forward(x)), mask(m.forward(x))).toFloats();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Generator that && same(pattern, that.pattern) && same(mask, that.mask);
  }

  private static boolean same(Network one, Network other) {
    return one.architecture().nodes().equals(other.architecture().nodes())
        && one.weights().equals(other.weights())
        && one.preprocessing().equals(other.preprocessing());
  }

  @Override
  public int hashCode() {
    return 31 * pattern.weights().hashCode() + mask.weights().hashCode();
  }

  @Override
  public String toString() {
    return "generator on " + shape();
  }
}
