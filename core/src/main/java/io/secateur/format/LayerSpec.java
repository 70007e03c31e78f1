package io.secateur.format;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonSubTypes.Type;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Layer;
import io.secateur.nn.Window;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a {@link LayerList}. {@code type} picks the record; its components are the settings
 * that the type takes. Nullable ones may be left out and then have the value that {@link #layer}
 * gives them; a window setting is one number or [height, width].
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type", visible = true)
@JsonSubTypes({
  @Type(value = LayerSpec.Convolution.class, name = "conv"),
  @Type(value = LayerSpec.Norm.class, name = "batch-norm"),
  @Type(value = LayerSpec.Affine.class, name = "linear"),
  @Type(value = LayerSpec.Exponential.class, name = "elu"),
  @Type(value = LayerSpec.Leaky.class, name = "leaky-relu"),
  @Type(value = LayerSpec.Clipped.class, name = "clip"),
  @Type(
      value = LayerSpec.Pool.class,
      names = {"max-pool", "average-pool"}),
  @Type(value = LayerSpec.Sampled.class, name = "subsample"),
  @Type(value = LayerSpec.Enlarged.class, name = "upsample"),
  @Type(value = LayerSpec.Padded.class, name = "channel-pad"),
  @Type(value = LayerSpec.Sliced.class, name = "channel-slice"),
  @Type(value = LayerSpec.Shuffled.class, name = "channel-shuffle"),
  @Type(value = LayerSpec.Scaled.class, name = "channel-affine"),
  @Type(value = LayerSpec.Surrounded.class, name = "spatial-pad"),
  @Type(value = LayerSpec.Unflattened.class, name = "unflatten"),
  @Type(value = LayerSpec.Dropped.class, name = "dropout"),
  @Type(
      value = LayerSpec.Plain.class,
      names = {
        "relu",
        "sigmoid",
        "tanh",
        "silu",
        "hard-swish",
        "hard-sigmoid",
        "global-average-pool",
        "add",
        "multiply",
        "concat",
        "flatten",
        "identity"
      })
})
sealed interface LayerSpec {
  /** The node's name. */
  String name();

  /** The type, as written. */
  String type();

  /** The nodes it reads; null for the one before. */
  @Nullable List<String> from();

  /** The layer for an input of shape {@code x}. */
  Layer layer(FeatureShape x);

  /** Settings: stride 1, padding 0, dilation 1, groups 1 and a bias, unless given. */
  record Convolution(
      @JsonProperty(required = true) String name,
      String type,
      @Nullable List<String> from,
      @JsonProperty(required = true) int out,
      @JsonProperty(required = true) List<Integer> kernel,
      @Nullable List<Integer> stride,
      @Nullable List<Integer> padding,
      @Nullable List<Integer> dilation,
      @Nullable Integer groups,
      @Nullable Boolean bias)
      implements LayerSpec {
    @Override
    public Layer layer(FeatureShape x) {
      Window window = window(kernel, orElse(stride, List.of(1)), padding, dilation);
      return new Layer.Conv2d(x.channels(), out, window, orElse(groups, 1), orElse(bias, true));
    }
  }

  /** ε = 1e-5 unless given. */
  record Norm(
      @JsonProperty(required = true) String name,
      String type,
      @Nullable List<String> from,
      @Nullable Double epsilon)
      implements LayerSpec {
    @Override
    public Layer layer(FeatureShape x) {
      return new Layer.BatchNorm(x.channels(), orElse(epsilon, 1e-5));
    }
  }

  /** With a bias unless told otherwise. */
  record Affine(
      @JsonProperty(required = true) String name,
      String type,
      @Nullable List<String> from,
      @JsonProperty(required = true) int out,
      @Nullable Boolean bias)
      implements LayerSpec {
    @Override
    public Layer layer(FeatureShape x) {
      return new Layer.Linear(x.size(), out, orElse(bias, true));
    }
  }

  /** α = 1 unless given. */
  record Exponential(
      @JsonProperty(required = true) String name,
      String type,
      @Nullable List<String> from,
      @Nullable Double alpha)
      implements LayerSpec {
    @Override
    public Layer layer(FeatureShape x) {
      return new Layer.Elu(orElse(alpha, 1.0));
    }
  }

  /** Slope 0.01 unless given. */
  record Leaky(
      @JsonProperty(required = true) String name,
      String type,
      @Nullable List<String> from,
      @Nullable Double slope)
      implements LayerSpec {
    @Override
    public Layer layer(FeatureShape x) {
      return new Layer.LeakyRelu(orElse(slope, 0.01));
    }
  }

  /** Both bounds are needed; relu6 is low 0, high 6. */
  record Clipped(
      @JsonProperty(required = true) String name,
      String type,
      @Nullable List<String> from,
      @JsonProperty(required = true) double low,
      @JsonProperty(required = true) double high)
      implements LayerSpec {
    @Override
    public Layer layer(FeatureShape x) {
      return new Layer.Clip(low, high);
    }
  }

  /**
   * The stride is the kernel unless given; count-padding concerns average-pool and is true unless
   * given; windows end inside the padding unless ceil is true.
   */
  record Pool(
      @JsonProperty(required = true) String name,
      String type,
      @Nullable List<String> from,
      @JsonProperty(required = true) List<Integer> kernel,
      @Nullable List<Integer> stride,
      @Nullable List<Integer> padding,
      @Nullable List<Integer> dilation,
      @JsonProperty("count-padding") @Nullable Boolean countPadding,
      @Nullable Boolean ceil)
      implements LayerSpec {
    @Override
    public Layer layer(FeatureShape x) {
      Window window = window(kernel, orElse(stride, kernel), padding, dilation);
      if (type.equals("average-pool")) {
        return new Layer.AveragePool(window, orElse(countPadding, true), orElse(ceil, false));
      }
      if (countPadding != null) {
        throw new IllegalArgumentException("count-padding is a setting of average-pool");
      }
      return new Layer.MaxPool(window, orElse(ceil, false));
    }
  }

  /** Every stride-th row and column. */
  record Sampled(
      @JsonProperty(required = true) String name,
      String type,
      @Nullable List<String> from,
      @JsonProperty(required = true) int stride)
      implements LayerSpec {
    @Override
    public Layer layer(FeatureShape x) {
      if (stride < 1) {
        throw new IllegalArgumentException("stride must be at least 1, got " + stride);
      }
      return new Layer.Subsample(stride);
    }
  }

  /** Factor 2 unless given. */
  record Enlarged(
      @JsonProperty(required = true) String name,
      String type,
      @Nullable List<String> from,
      @Nullable Integer factor)
      implements LayerSpec {
    @Override
    public Layer layer(FeatureShape x) {
      return new Layer.Upsample(orElse(factor, 2));
    }
  }

  /** Zero channels in front and behind. */
  record Padded(
      @JsonProperty(required = true) String name,
      String type,
      @Nullable List<String> from,
      @Nullable Integer before,
      @Nullable Integer after)
      implements LayerSpec {
    @Override
    public Layer layer(FeatureShape x) {
      int front = orElse(before, 0);
      int behind = orElse(after, 0);
      if (front < 0 || behind < 0) {
        throw new IllegalArgumentException("before and after must not be negative");
      }
      return new Layer.ChannelPad(front, behind);
    }
  }

  /** From channel 0 unless given. */
  record Sliced(
      @JsonProperty(required = true) String name,
      String type,
      @Nullable List<String> from,
      @Nullable Integer start,
      @JsonProperty(required = true) int length)
      implements LayerSpec {
    @Override
    public Layer layer(FeatureShape x) {
      return new Layer.ChannelSlice(orElse(start, 0), length);
    }
  }

  /** Two groups unless given. */
  record Shuffled(
      @JsonProperty(required = true) String name,
      String type,
      @Nullable List<String> from,
      @Nullable Integer groups)
      implements LayerSpec {
    @Override
    public Layer layer(FeatureShape x) {
      return new Layer.ChannelShuffle(orElse(groups, 2));
    }
  }

  /** Factor 1 and term 0 unless given; one number, or one for each channel. */
  record Scaled(
      @JsonProperty(required = true) String name,
      String type,
      @Nullable List<String> from,
      @Nullable List<Float> factor,
      @Nullable List<Float> term)
      implements LayerSpec {
    @Override
    public Layer layer(FeatureShape x) {
      return new Layer.ChannelAffine(orElse(factor, List.of(1f)), orElse(term, List.of(0f)));
    }
  }

  /** Rows and columns of zeros unless another value is given. */
  record Surrounded(
      @JsonProperty(required = true) String name,
      String type,
      @Nullable List<String> from,
      @Nullable Integer top,
      @Nullable Integer bottom,
      @Nullable Integer left,
      @Nullable Integer right,
      @Nullable Double value)
      implements LayerSpec {
    @Override
    public Layer layer(FeatureShape x) {
      return new Layer.SpatialPad(
          orElse(top, 0), orElse(bottom, 0), orElse(left, 0), orElse(right, 0), orElse(value, 0.0));
    }
  }

  /** Height and width 1 unless given. */
  record Unflattened(
      @JsonProperty(required = true) String name,
      String type,
      @Nullable List<String> from,
      @JsonProperty(required = true) int channels,
      @Nullable Integer height,
      @Nullable Integer width)
      implements LayerSpec {
    @Override
    public Layer layer(FeatureShape x) {
      return new Layer.Unflatten(channels, orElse(height, 1), orElse(width, 1));
    }
  }

  /** Rate 0.5 unless given. */
  record Dropped(
      @JsonProperty(required = true) String name,
      String type,
      @Nullable List<String> from,
      @Nullable Double rate)
      implements LayerSpec {
    @Override
    public Layer layer(FeatureShape x) {
      return new Layer.Dropout(orElse(rate, 0.5));
    }
  }

  /** Layers without settings. */
  record Plain(@JsonProperty(required = true) String name, String type, @Nullable List<String> from)
      implements LayerSpec {
    @Override
    public Layer layer(FeatureShape x) {
      return switch (type) {
        case "relu" -> new Layer.Relu();
        case "sigmoid" -> new Layer.Sigmoid();
        case "tanh" -> new Layer.Tanh();
        case "silu" -> new Layer.Silu();
        case "hard-swish" -> new Layer.HardSwish();
        case "hard-sigmoid" -> new Layer.HardSigmoid();
        case "global-average-pool" -> new Layer.GlobalAveragePool();
        case "add" -> new Layer.Add();
        case "multiply" -> new Layer.Multiply();
        case "concat" -> new Layer.Concat();
        case "flatten" -> new Layer.Flatten();
        case "identity" -> new Layer.Identity();
        default -> throw new IllegalArgumentException("unknown type '" + type + "'");
      };
    }
  }

  private static <T> T orElse(@Nullable T given, T otherwise) {
    return given == null ? otherwise : given;
  }

  private static Window window(
      List<Integer> kernel,
      List<Integer> stride,
      @Nullable List<Integer> padding,
      @Nullable List<Integer> dilation) {
    int[] k = pair("kernel", kernel);
    int[] s = pair("stride", stride);
    int[] p = pair("padding", orElse(padding, List.of(0)));
    int[] d = pair("dilation", orElse(dilation, List.of(1)));
    return new Window(k[0], k[1], s[0], s[1], p[0], p[1], d[0], d[1]);
  }

  private static int[] pair(String what, List<Integer> given) {
    if (given.isEmpty() || given.size() > 2) {
      throw new IllegalArgumentException(
          what + " must be one number or [height, width], got " + given);
    }
    return new int[] {given.get(0), given.get(given.size() - 1)};
  }
}
