package io.secateur.agent;

import io.secateur.engine.Ops;
import io.secateur.engine.Tensor;
import java.util.List;
import java.util.random.RandomGenerator;

/** y = x Wᵀ + b with x [..., in], W [out, in], b [out]. */
final class Dense {
  private final Tensor weight;
  private final Tensor bias;

  private Dense(Tensor weight, Tensor bias) {
    this.weight = weight;
    this.bias = bias;
  }

  /** Weights by {@link #glorot}, biases 0. */
  static Dense glorot(int in, int out, RandomGenerator random) {
    return new Dense(glorot(in, out, random, out, in), Tensor.zeros(out).requireGradient());
  }

  /** Weights uniform in ±{@code bound}, biases 0: an output layer that starts almost constant. */
  static Dense almostZero(int in, int out, double bound, RandomGenerator random) {
    return new Dense(uniform(bound, random, out, in), Tensor.zeros(out).requireGradient());
  }

  /**
   * A variable uniform in ±√(6 / (fan-in + fan-out)).
   *
   * <p>Source: Glorot and Bengio 2010, "Understanding the difficulty of training deep feedforward
   * neural networks", equation 16.
   */
  static Tensor glorot(int fanIn, int fanOut, RandomGenerator random, long... shape) {
    return uniform(Math.sqrt(6.0 / (fanIn + fanOut)), random, shape);
  }

  private static Tensor uniform(double bound, RandomGenerator random, long... shape) {
    long count = 1;
    for (long extent : shape) {
      count *= extent;
    }
    float[] values = new float[Math.toIntExact(count)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) ((2 * random.nextDouble() - 1) * bound);
    }
    return Tensor.of(values, shape).requireGradient();
  }

  Tensor apply(Tensor x) {
    return Ops.linear(x, weight, bias);
  }

  List<Tensor> parameters() {
    return List.of(weight, bias);
  }
}
