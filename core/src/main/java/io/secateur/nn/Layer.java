package io.secateur.nn;

/**
 * The closed set of layers that a {@link Network} is made of. A layer holds settings only; its
 * weights stand in {@link Weights} under the name of its {@link Node}. Activations are [N, C, H,
 * W], or [N, F] after {@link Flatten}.
 */
public sealed interface Layer {

  /** The image batch, already preprocessed. */
  record Input() implements Layer {}

  /**
   * Two-dimensional cross-correlation. Weight {@code name.weight} [out, in / groups, kh, kw],
   * optional bias {@code name.bias} [out].
   */
  record Conv2d(int inChannels, int outChannels, Window window, int groups, boolean bias)
      implements Layer {
    /** Rejects channel counts that the groups do not divide. */
    public Conv2d {
      if (inChannels < 1 || outChannels < 1 || groups < 1) {
        throw new IllegalArgumentException("channels and groups must be at least 1");
      }
      if (inChannels % groups != 0 || outChannels % groups != 0) {
        throw new IllegalArgumentException(
            "groups " + groups + " must divide " + inChannels + " and " + outChannels);
      }
    }
  }

  /**
   * Batch normalisation over channels, y = γ (x − μ) / √(σ² + ε) + β. Tensors {@code .weight} γ,
   * {@code .bias} β, {@code .running_mean} μ, {@code .running_var} σ², each [C], and optionally
   * {@code .num_batches_tracked}.
   */
  record BatchNorm(int channels, double epsilon) implements Layer {}

  /**
   * Affine map of flat features. Weight {@code name.weight} [out, in], optional bias {@code
   * name.bias} [out].
   */
  record Linear(int inFeatures, int outFeatures, boolean bias) implements Layer {}

  /** Element-wise functions. */
  sealed interface Activation extends Layer {}

  /** max(x, 0). */
  record Relu() implements Activation {}

  /** x for x &gt; 0, α (eˣ − 1) otherwise. */
  record Elu(double alpha) implements Activation {}

  /** x for x &gt; 0, slope · x otherwise. */
  record LeakyRelu(double slope) implements Activation {}

  /** x limited to [low, high]; ReLU6 is Clip(0, 6). */
  record Clip(double low, double high) implements Activation {}

  /** 1 / (1 + e⁻ˣ). */
  record Sigmoid() implements Activation {}

  /** Hyperbolic tangent. */
  record Tanh() implements Activation {}

  /** x · sigmoid(x). */
  record Silu() implements Activation {}

  /** x · clip(x + 3, 0, 6) / 6. */
  record HardSwish() implements Activation {}

  /** clip(x + 3, 0, 6) / 6. */
  record HardSigmoid() implements Activation {}

  /** Maximum over a window; padding counts as −∞. */
  record MaxPool(Window window) implements Layer {}

  /** Mean over a window. */
  record AveragePool(Window window, boolean countPadding) implements Layer {}

  /** Mean over all positions: [N, C, H, W] → [N, C, 1, 1]. */
  record GlobalAveragePool() implements Layer {}

  /** Element-wise sum of all inputs, which have one shape. */
  record Add() implements Layer {}

  /**
   * Element-wise product; an input of one position per channel is spread over the other's
   * positions.
   */
  record Multiply() implements Layer {}

  /** Inputs joined along the channels, in order. */
  record Concat() implements Layer {}

  /** Every {@code stride}-th row and column, from the first. */
  record Subsample(int stride) implements Layer {}

  /**
   * Enlarged {@code factor} times in height and width by bilinear interpolation between the centres
   * of pixels (corners not aligned); outside, the border's values go on.
   */
  record Upsample(int factor) implements Layer {
    /** Rejects a factor below 1. */
    public Upsample {
      if (factor < 1) {
        throw new IllegalArgumentException("factor must be at least 1, got " + factor);
      }
    }
  }

  /**
   * Zero channels put before and after the present ones (ResNet's option-A shortcut, He et al.
   * 2016, section 3.3).
   */
  record ChannelPad(int before, int after) implements Layer {}

  /** [N, C, H, W] → [N, C·H·W], channel first. */
  record Flatten() implements Layer {}

  /** Zeroes activations at random while training; identity in evaluation. */
  record Dropout(double rate) implements Layer {}

  /** Does nothing. */
  record Identity() implements Layer {}
}
