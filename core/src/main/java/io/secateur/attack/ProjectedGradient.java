package io.secateur.attack;

import io.secateur.engine.Autograd;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.nn.FeatureShape;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Projected gradient descent on images in the L∞ ball (PGD: Madry et al. 2018), from the images
 * themselves:
 *
 * <pre>x ← clip(clip(x − step · sign ∂loss/∂x, x₀ − radius, x₀ + radius), 0, 1)</pre>
 *
 * @param radius of the ball, in (0, 1]
 * @param step in (0, 1]
 * @param steps at least 1
 */
public record ProjectedGradient(double radius, double step, int steps) {
  /** Rejects what is out of range. */
  public ProjectedGradient {
    if (!(radius > 0 && radius <= 1 && step > 0 && step <= 1)) {
      throw new IllegalArgumentException(
          "radius and step must be in (0, 1], got " + radius + " and " + step);
    }
    if (steps < 1) {
      throw new IllegalArgumentException("steps must be at least 1, got " + steps);
    }
  }

  /**
   * Images near {@code start} of less loss.
   *
   * @param start [N, C, H, W] in [0, 1]; not changed
   * @param loss a scalar, from [N, C, H, W]
   * @param enough loss below which no more steps are taken
   * @param stepped is called after each of {@link #steps}; what it throws ends the descent
   */
  float[] descend(
      float[] start,
      FeatureShape shape,
      UnaryOperator<Tensor> loss,
      double enough,
      Runnable stepped) {
    float[] images = start.clone();
    int count = start.length / shape.size();
    for (int s = 0; s < steps; s++) {
      float[] gradient = new float[images.length];
      double reached =
          Scope.value(
              () -> {
                Tensor x = Tensor.of(images, shape.batch(count)).requireGradient();
                Tensor value = loss.apply(x);
                float[] slope = Autograd.gradients(value, List.of(x)).get(0).toFloats();
                System.arraycopy(slope, 0, gradient, 0, slope.length);
                return (double) value.item();
              });
      if (reached < enough) {
        break;
      }
      for (int i = 0; i < images.length; i++) {
        double moved = images[i] - step * Math.signum(gradient[i]);
        double near = Math.max(start[i] - radius, Math.min(start[i] + radius, moved));
        images[i] = (float) Math.max(0, Math.min(1, near));
      }
      stepped.run();
    }
    return images;
  }
}
