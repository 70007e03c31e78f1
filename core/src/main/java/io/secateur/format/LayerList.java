package io.secateur.format;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.secateur.nn.Architecture;
import io.secateur.nn.ArchitectureBuilder;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Layer;
import io.secateur.nn.Network;
import io.secateur.nn.Node;
import io.secateur.nn.Window;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An architecture as text, so that a network unknown here needs no code:
 *
 * <pre>{@code
 * name: tiny
 * input: {channels: 3, height: 32, width: 32}
 * layers:
 *   - {name: conv1, type: conv, out: 8, kernel: 3, padding: 1, bias: false}
 *   - {name: bn1, type: batch-norm}
 *   - {name: relu, type: relu}
 *   - {name: add, type: add, from: [relu, conv1]}
 *   - {name: pool, type: global-average-pool}
 *   - {name: flatten, type: flatten}
 *   - {name: fc, type: linear, out: 10}
 * }</pre>
 *
 * A layer reads the one before it unless {@code from} names others; the first reads {@code input}.
 * Names are the prefixes of the tensors. Types and settings stand in {@link LayerSpec}; defaults
 * are PyTorch's. Settings unknown to a type are refused. Tensors that the file holds and no layer
 * reads are listed by name as {@code unread}.
 */
public final class LayerList {
  /** Names that YAML reads as strings without quotes. */
  private static final Pattern PLAIN =
      Pattern.compile("(?!(?i:true|false|null|yes|no|on|off|y|n)$)[A-Za-z][A-Za-z0-9_.-]*");

  /** Values of one layer's output for one image: a gigabyte. */
  private static final int MOST_VALUES = 1 << 28;

  /** Channels of all layers together; whoever traces channels keeps a number for each. */
  private static final long MOST_CHANNELS = 1L << 24;

  private LayerList() {}

  private record Document(
      @JsonProperty(required = true) String name,
      @JsonProperty(required = true) Image input,
      @JsonProperty(required = true) List<LayerSpec> layers,
      @Nullable List<String> unread) {}

  /**
   * What a list says.
   *
   * @param unread tensors in the file that belong to no layer
   */
  record Listed(Architecture architecture, Set<String> unread) {}

  private record Image(
      @JsonProperty(required = true) int channels,
      @JsonProperty(required = true) int height,
      @JsonProperty(required = true) int width) {}

  /**
   * Reads a layer list.
   *
   * @throws BadLayerList naming line and column of what is not understood, or the layer that does
   *     not fit the others
   */
  public static Architecture read(String text) {
    return readAll(text).architecture();
  }

  /** The same with the names of tensors that no layer reads. */
  static Listed readAll(String text) {
    Document document;
    try {
      document = StrictYaml.read(text, Document.class);
    } catch (StrictYaml.BadYaml e) {
      throw new BadLayerList(String.valueOf(e.getMessage()), e);
    }
    ArchitectureBuilder net;
    try {
      Image image = document.input();
      FeatureShape shape = new FeatureShape(image.channels(), image.height(), image.width());
      requireComputable("the image", shape);
      net = new ArchitectureBuilder(document.name(), shape);
    } catch (IllegalArgumentException e) {
      throw new BadLayerList(StrictYaml.place(text, "/input") + e.getMessage(), e);
    }
    String previous = net.input();
    long channels = 0;
    for (int i = 0; i < document.layers().size(); i++) {
      try {
        previous = add(net, document.layers().get(i), previous);
        FeatureShape shape = net.shape(previous);
        channels += shape.channels();
        requireComputable("node '" + previous + "'", shape);
        if (channels > MOST_CHANNELS) {
          throw new IllegalArgumentException("the layers have more channels than can be traced");
        }
      } catch (IllegalArgumentException e) {
        throw new BadLayerList(StrictYaml.place(text, "/layers/" + i) + e.getMessage(), e);
      }
    }
    try {
      List<String> unread = document.unread();
      return new Listed(net.build(), unread == null ? Set.of() : Set.copyOf(unread));
    } catch (IllegalArgumentException e) {
      throw new BadLayerList("layer list '" + document.name() + "': " + e.getMessage(), e);
    }
  }

  private static void requireComputable(String what, FeatureShape shape) {
    if (1.0 * shape.channels() * shape.height() * shape.width() > MOST_VALUES) {
      throw new IllegalArgumentException(what + " yields " + shape + ", too large to be computed");
    }
  }

  private static String add(ArchitectureBuilder net, LayerSpec spec, String previous) {
    List<String> from = spec.from() == null ? List.of(previous) : spec.from();
    if (from.isEmpty()) {
      throw new IllegalArgumentException("node '" + spec.name() + "': 'from' is empty");
    }
    Layer layer;
    try {
      layer = spec.layer(net.shape(from.get(0)));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("node '" + spec.name() + "': " + e.getMessage(), e);
    } catch (ArithmeticException e) {
      throw tooLarge(spec, e);
    }
    try {
      return net.add(spec.name(), layer, from.toArray(String[]::new));
    } catch (ArithmeticException e) {
      throw tooLarge(spec, e);
    }
  }

  private static IllegalArgumentException tooLarge(LayerSpec spec, ArithmeticException cause) {
    return new IllegalArgumentException(
        "node '" + spec.name() + "' has more values than can be counted", cause);
  }

  /** Writes the layers of {@code network}, and which of its tensors none of them reads. */
  public static String write(Network network) {
    List<String> unread = network.unread();
    String layers = write(network.architecture());
    return unread.isEmpty()
        ? layers
        : layers + "unread: " + unread.stream().map(LayerList::quoted).toList() + "\n";
  }

  /** Writes {@code architecture}, one layer a line; {@link #read} gives it back. */
  public static String write(Architecture architecture) {
    StringBuilder text = new StringBuilder();
    FeatureShape image = architecture.input();
    text.append("name: ").append(quoted(architecture.name())).append('\n');
    text.append("input: {channels: ").append(image.channels());
    text.append(", height: ").append(image.height());
    text.append(", width: ").append(image.width()).append("}\nlayers:\n");
    List<Node> nodes = architecture.nodes();
    for (int i = 1; i < nodes.size(); i++) {
      Node node = nodes.get(i);
      text.append("  - {name: ")
          .append(quoted(node.name()))
          .append(", type: ")
          .append(described(node.layer()));
      if (!node.inputs().equals(List.of(nodes.get(i - 1).name()))) {
        text.append(", from: ").append(node.inputs().stream().map(LayerList::quoted).toList());
      }
      text.append("}\n");
    }
    return text.toString();
  }

  /** Type and settings. */
  private static String described(Layer layer) {
    if (layer instanceof Layer.Conv2d conv) {
      String groups = conv.groups() == 1 ? "" : ", groups: " + conv.groups();
      return "conv, out: "
          + conv.outChannels()
          + window(conv.window())
          + groups
          + ", bias: "
          + conv.bias();
    } else if (layer instanceof Layer.BatchNorm norm) {
      return "batch-norm, epsilon: " + norm.epsilon();
    } else if (layer instanceof Layer.Linear linear) {
      return "linear, out: " + linear.outFeatures() + ", bias: " + linear.bias();
    } else if (layer instanceof Layer.Elu elu) {
      return "elu, alpha: " + elu.alpha();
    } else if (layer instanceof Layer.LeakyRelu leaky) {
      return "leaky-relu, slope: " + leaky.slope();
    } else if (layer instanceof Layer.Clip clip) {
      return "clip, low: " + clip.low() + ", high: " + clip.high();
    } else if (layer instanceof Layer.MaxPool pool) {
      return "max-pool" + window(pool.window()) + (pool.ceil() ? ", ceil: true" : "");
    } else if (layer instanceof Layer.AveragePool pool) {
      return "average-pool"
          + window(pool.window())
          + ", count-padding: "
          + pool.countPadding()
          + (pool.ceil() ? ", ceil: true" : "");
    } else if (layer instanceof Layer.Subsample subsample) {
      return "subsample, stride: " + subsample.stride();
    } else if (layer instanceof Layer.Upsample upsample) {
      return "upsample, factor: " + upsample.factor();
    } else if (layer instanceof Layer.ChannelPad pad) {
      return "channel-pad, before: " + pad.before() + ", after: " + pad.after();
    } else if (layer instanceof Layer.ChannelSlice slice) {
      return "channel-slice, start: " + slice.start() + ", length: " + slice.length();
    } else if (layer instanceof Layer.ChannelShuffle shuffle) {
      return "channel-shuffle, groups: " + shuffle.groups();
    } else if (layer instanceof Layer.ChannelAffine affine) {
      return "channel-affine, factor: " + affine.factors() + ", term: " + affine.terms();
    } else if (layer instanceof Layer.SpatialPad pad) {
      return surrounded(pad);
    } else if (layer instanceof Layer.Unflatten shape) {
      return "unflatten, channels: "
          + shape.channels()
          + ", height: "
          + shape.height()
          + ", width: "
          + shape.width();
    } else if (layer instanceof Layer.Dropout dropout) {
      return "dropout, rate: " + dropout.rate();
    }
    // The others have no settings, and their types are their names: GlobalAveragePool,
    // global-average-pool.
    return layer
        .getClass()
        .getSimpleName()
        .replaceAll("(?<=[a-z])(?=[A-Z])", "-")
        .toLowerCase(Locale.ROOT);
  }

  private static String surrounded(Layer.SpatialPad pad) {
    String value = pad.value() == Double.NEGATIVE_INFINITY ? "-.inf" : "" + pad.value();
    return String.format(
        Locale.ROOT,
        "spatial-pad, top: %d, bottom: %d, left: %d, right: %d, value: %s",
        pad.top(),
        pad.bottom(),
        pad.left(),
        pad.right(),
        value);
  }

  private static String window(Window w) {
    String dilation = pair("dilation", w.dilationHeight(), w.dilationWidth());
    return pair("kernel", w.kernelHeight(), w.kernelWidth())
        + pair("stride", w.strideHeight(), w.strideWidth())
        + pair("padding", w.paddingHeight(), w.paddingWidth())
        + (dilation.endsWith(": 1") ? "" : dilation);
  }

  private static String pair(String what, int height, int width) {
    return ", " + what + ": " + (height == width ? height : "[" + height + ", " + width + "]");
  }

  private static String quoted(String name) {
    if (PLAIN.matcher(name).matches()) {
      return name;
    }
    StringBuilder text = new StringBuilder("\"");
    for (char c : name.toCharArray()) {
      if (c == '"' || c == '\\') {
        text.append('\\').append(c);
      } else if (c < ' ' || c > '~') {
        text.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        text.append(c);
      }
    }
    return text.append('"').toString();
  }
}
