package io.secateur.trigger;

import io.secateur.engine.Tensor;
import io.secateur.nn.FeatureShape;

/**
 * A family of triggers with parameters θ whose size is a norm of θ: twice θ changes images twice as
 * far, so that scaling θ projects it onto a ball.
 */
public sealed interface Perturbation {
  /** Shape of θ. */
  long[] shape();

  /** Images [N, C, H, W] in [0, 1] changed by θ, in [0, 1]; differentiable in θ. */
  Tensor apply(Tensor images, Tensor theta);

  /** {@link Trigger#norm} of what θ does. */
  double size(Tensor theta);

  /** θ as a trigger. */
  Trigger trigger(float[] theta);

  /**
   * θ of a trigger of this family.
   *
   * @throws IllegalArgumentException if it is of another
   */
  float[] parameters(Trigger trigger);

  /** x' = clip(x + θ, 0, 1). */
  record Addition(FeatureShape images) implements Perturbation {
    @Override
    public long[] shape() {
      return images.batch(1);
    }

    @Override
    public Tensor apply(Tensor x, Tensor theta) {
      return x.add(theta).clamp(0, 1);
    }

    @Override
    public double size(Tensor theta) {
      return Math.sqrt(theta.detach().square().sum().item());
    }

    @Override
    public Trigger trigger(float[] theta) {
      float[] delta = new float[theta.length];
      for (int i = 0; i < theta.length; i++) {
        delta[i] = Math.max(-1, Math.min(1, theta[i]));
      }
      return new Trigger.Additive(delta, images.height(), images.width());
    }

    @Override
    public float[] parameters(Trigger trigger) {
      if (trigger instanceof Trigger.Additive additive) {
        return additive.delta();
      }
      throw new IllegalArgumentException(trigger + " is no addition");
    }
  }

  /** Every pixel read beside its place; θ is a control grid [1, 2, k, k] in pixels. */
  record Warping(FeatureShape images, int k) implements Perturbation {
    @Override
    public long[] shape() {
      return new long[] {1, 2, k, k};
    }

    @Override
    public Tensor apply(Tensor x, Tensor theta) {
      return WarpField.of(theta, images.height(), images.width()).sample(x);
    }

    @Override
    public double size(Tensor theta) {
      return WarpField.of(theta.detach(), images.height(), images.width()).size();
    }

    @Override
    public Trigger trigger(float[] theta) {
      return new Trigger.Warp(theta, images.height(), images.width());
    }

    @Override
    public float[] parameters(Trigger trigger) {
      if (trigger instanceof Trigger.Warp warp) {
        return warp.control();
      }
      throw new IllegalArgumentException(trigger + " is no warp");
    }
  }
}
