package io.secateur.nn;

import java.util.List;
import java.util.stream.Stream;

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
  record BatchNorm(int channels, double epsilon) implements Layer {
    /** Rejects an ε that is negative or no number. */
    public BatchNorm {
      requireFinite("epsilon", epsilon);
      if (epsilon < 0) {
        throw new IllegalArgumentException("epsilon must not be negative, got " + epsilon);
      }
    }
  }

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
  record Elu(double alpha) implements Activation {
    /** Rejects an α that is no finite number. */
    public Elu {
      requireFinite("alpha", alpha);
    }
  }

  /** x for x &gt; 0, slope · x otherwise. */
  record LeakyRelu(double slope) implements Activation {
    /** Rejects a slope that is no finite number. */
    public LeakyRelu {
      requireFinite("slope", slope);
    }
  }

  /** x limited to [low, high]; ReLU6 is Clip(0, 6). */
  record Clip(double low, double high) implements Activation {
    /** Rejects limits that nothing lies between. */
    public Clip {
      if (!(low <= high)) {
        throw new IllegalArgumentException("nothing lies between " + low + " and " + high);
      }
    }
  }

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

  /**
   * Maximum over a window; padding counts as −∞. With {@code ceil} a last window may reach beyond
   * the padding.
   */
  record MaxPool(Window window, boolean ceil) implements Layer {
    /** Whole windows only. */
    public MaxPool(Window window) {
      this(window, false);
    }
  }

  /**
   * Mean over a window. With {@code ceil} a last window may reach beyond the padding; what lies
   * beyond never counts.
   */
  record AveragePool(Window window, boolean countPadding, boolean ceil) implements Layer {
    /** Whole windows only. */
    public AveragePool(Window window, boolean countPadding) {
      this(window, countPadding, false);
    }
  }

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

  /** Channels {@code start} to {@code start + length − 1}. */
  record ChannelSlice(int start, int length) implements Layer {
    /** Rejects an empty slice. */
    public ChannelSlice {
      if (start < 0 || length < 1) {
        throw new IllegalArgumentException("no slice of " + length + " channels from " + start);
      }
    }
  }

  /**
   * Channel g · k + i, of {@code groups} groups of k, becomes channel i · groups + g (ShuffleNet,
   * Zhang et al. 2018).
   */
  record ChannelShuffle(int groups) implements Layer {
    /** Rejects less than one group. */
    public ChannelShuffle {
      if (groups < 1) {
        throw new IllegalArgumentException("groups must be at least 1, got " + groups);
      }
    }

    /** The channel of the input that becomes channel {@code index} of {@code channels}. */
    public int source(int index, int channels) {
      return index % groups * (channels / groups) + index / groups;
    }
  }

  /**
   * x · factor + term with constants that no training moves: one of each for all channels, or one
   * for each channel.
   */
  record ChannelAffine(List<Float> factors, List<Float> terms) implements Layer {
    /** Copies the constants; rejects such as are not finite. */
    public ChannelAffine {
      factors = List.copyOf(factors);
      terms = List.copyOf(terms);
      if (factors.isEmpty() || terms.isEmpty()) {
        throw new IllegalArgumentException("there is at least one factor and one term");
      }
      if (!Stream.concat(factors.stream(), terms.stream()).allMatch(Float::isFinite)) {
        throw new IllegalArgumentException("factors and terms must be finite");
      }
    }
  }

  /** Rows and columns of {@code value} around the present ones; −∞ stands for the lowest number. */
  record SpatialPad(int top, int bottom, int left, int right, double value) implements Layer {
    /** Rejects negative padding. */
    public SpatialPad {
      if (top < 0 || bottom < 0 || left < 0 || right < 0) {
        throw new IllegalArgumentException("padding must not be negative");
      }
      if (Double.isNaN(value) || value == Double.POSITIVE_INFINITY) {
        throw new IllegalArgumentException("padding with " + value);
      }
    }
  }

  /** [N, C, H, W] → [N, C·H·W], channel first. */
  record Flatten() implements Layer {}

  /** [N, channels·height·width] → [N, channels, height, width]: undoes {@link Flatten}. */
  record Unflatten(int channels, int height, int width) implements Layer {}

  /** Zeroes activations at random while training; identity in evaluation. */
  record Dropout(double rate) implements Layer {}

  /** Does nothing. */
  record Identity() implements Layer {}

  private static void requireFinite(String setting, double value) {
    if (!Float.isFinite((float) value)) {
      throw new IllegalArgumentException(setting + " must be a finite number, got " + value);
    }
  }
}
