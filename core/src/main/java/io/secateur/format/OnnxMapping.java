package io.secateur.format;

import io.secateur.nn.ArchitectureBuilder;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Layer;
import io.secateur.nn.WeightTensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An ONNX graph half mapped: what its names stand for, and the network so far. */
final class OnnxMapping {
  /** Values of one layer's output for as many images as the graph takes at once: a gigabyte. */
  private static final int MOST_VALUES = 1 << 28;

  /** Channels of all layers together; whoever traces channels keeps a number for each. */
  private static final long MOST_CHANNELS = 1L << 24;

  /** Far more than any network has. One node that gathers channels may become thousands. */
  private static final int MOST_LAYERS = 100_000;

  /** Characters of all layers' names together, since all layers of a node bear its name. */
  private static final long MOST_CHARACTERS = 1L << 24;

  private final ArchitectureBuilder net;
  private final OnnxNames names;
  private final long batch;
  private final MemoryBudget budget;
  private final Map<String, Integer> readers;
  private final Map<String, OnnxValue> values = new HashMap<>();
  private final Map<String, WeightTensor> weights = new LinkedHashMap<>();
  private final List<OnnxBinding> bindings = new ArrayList<>();
  private long channels;
  private int layers;
  private long characters;

  /**
   * A mapping with nothing but the image.
   *
   * @param batch the number of images, {@link OnnxValue#BATCH} if any
   * @param readers how often each name is read
   * @param budget for weights that are turned or used twice
   */
  OnnxMapping(
      ArchitectureBuilder net,
      OnnxNames names,
      long batch,
      Map<String, Integer> readers,
      MemoryBudget budget) {
    this.net = net;
    this.names = names;
    this.batch = batch;
    this.readers = readers;
    this.budget = budget;
  }

  OnnxNames names() {
    return names;
  }

  long batch() {
    return batch;
  }

  ArchitectureBuilder net() {
    return net;
  }

  Map<String, WeightTensor> weights() {
    return weights;
  }

  List<OnnxBinding> bindings() {
    return bindings;
  }

  void put(String name, OnnxValue value) {
    if (values.put(name, value) != null) {
      throw new Malformed("two values of the graph are named " + Malformed.quote(name));
    }
  }

  /** What stands behind a name; null if nothing does yet. */
  @Nullable OnnxValue find(String name) {
    return values.get(name);
  }

  /** What input {@code at} of a node stands for. */
  OnnxValue value(OnnxNode node, int at) {
    OnnxValue value = values.get(node.input(at));
    if (value == null) {
      throw new OnnxRefusal("reads " + Malformed.quote(node.input(at)) + ", which nothing yields");
    }
    return value;
  }

  /** Whether only one node reads input {@code at}. */
  boolean soleReader(OnnxNode node, int at) {
    return readers.getOrDefault(node.input(at), 0) == 1;
  }

  /** The layer output that a node reads; a layer that waited is added. */
  OnnxValue.Feature feature(OnnxNode node, int at) {
    OnnxValue value = value(node, at);
    OnnxValue.Feature feature = settle(value);
    if (value != feature) {
      values.put(node.input(at), feature);
    }
    return feature;
  }

  /** The same, refused unless of one of these ranks. */
  OnnxValue.Feature feature(OnnxNode node, int at, int rank) {
    OnnxValue.Feature feature = feature(node, at);
    if (feature.rank() != rank) {
      throw new OnnxRefusal("reads a value of rank " + feature.rank() + ", expected rank " + rank);
    }
    return feature;
  }

  /** The layer output behind a value that is one. */
  OnnxValue.Feature settle(OnnxValue value) {
    if (value instanceof OnnxValue.Feature feature) {
      return feature;
    } else if (value instanceof OnnxValue.Pending pending) {
      return add(pending.by(), pending.layer(), pending.source().rank(), pending.source());
    } else if (value instanceof OnnxValue.Product product) {
      return OnnxLinear.plain(this, product);
    } else if (value instanceof OnnxValue.Constant) {
      throw new OnnxRefusal("reads a constant where it should read activations");
    }
    throw new OnnxRefusal("reads channels in groups, which only a channel shuffle does");
  }

  /** Known numbers that a node reads; refused if they depend on the images. */
  WeightTensor constant(OnnxNode node, int at) {
    if (value(node, at) instanceof OnnxValue.Constant constant) {
      return constant.tensor();
    }
    throw new OnnxRefusal("input " + at + " depends on the image; expected a constant");
  }

  /** The constant inputs of a node, in their places; null where there is none. */
  List<@Nullable WeightTensor> constants(OnnxNode node) {
    List<@Nullable WeightTensor> all = new ArrayList<>();
    for (int i = 0; i < node.inputs().size(); i++) {
      boolean known = node.has(i) && value(node, i) instanceof OnnxValue.Constant;
      all.add(known ? constant(node, i) : null);
    }
    return all;
  }

  /** A floating constant. */
  WeightTensor numbers(OnnxNode node, int at) {
    WeightTensor tensor = constant(node, at);
    if (!tensor.type().floating()) {
      throw new OnnxRefusal("input " + at + " is " + tensor + "; expected floating-point numbers");
    }
    return tensor;
  }

  FeatureShape shape(OnnxValue.Feature feature) {
    return net.shape(feature.node());
  }

  /** Adds a layer without weights under the node's name. */
  OnnxValue.Feature add(OnnxNode node, Layer layer, int rank, OnnxValue.Feature... inputs) {
    return add(names.layer(node), layer, rank, inputs);
  }

  /** Adds a layer that must stand before the one the node is named after. */
  OnnxValue.Feature addBefore(
      OnnxNode node, String what, Layer layer, int rank, OnnxValue.Feature... inputs) {
    return add(names.unique(names.cleaned(node) + "_" + what), layer, rank, inputs);
  }

  /** Adds a layer with weights; answers with its name. */
  String addWeighted(OnnxNode node, String weight, Layer layer, int rank, OnnxValue.Feature input) {
    return add(names.layer(node, weight), layer, rank, input).node();
  }

  private OnnxValue.Feature add(String name, Layer layer, int rank, OnnxValue.Feature... inputs) {
    count(name);
    String[] from = new String[inputs.length];
    for (int i = 0; i < from.length; i++) {
      from[i] = inputs[i].node();
    }
    try {
      net.add(name, layer, from);
      FeatureShape shape = net.shape(name);
      channels += shape.channels();
      if (Math.max(1, batch) * shape.size() > MOST_VALUES || channels > MOST_CHANNELS) {
        throw new Malformed(
            "has layers too large to be computed: "
                + Malformed.quote(name)
                + " yields "
                + shape
                + (batch > 1 ? " for each of " + batch + " images" : ""));
      }
    } catch (IllegalArgumentException e) {
      throw new OnnxRefusal(String.valueOf(e.getMessage()));
    } catch (ArithmeticException e) {
      throw new OnnxRefusal("yields more values than can be counted");
    }
    return new OnnxValue.Feature(name, rank);
  }

  private void count(String name) {
    layers++;
    characters += name.length();
    if (layers > MOST_LAYERS) {
      throw new Malformed("makes more than " + MOST_LAYERS + " layers of its ONNX graph");
    }
    if (characters > MOST_CHARACTERS) {
      throw new Malformed(
          "has layers with names too long to be kept, the last " + Malformed.quote(name));
    }
  }

  /** Notes a weight and where it stands. */
  void bind(OnnxBinding binding, WeightTensor tensor) {
    budget.takeTensor(binding.tensor(), tensor.type(), tensor.size());
    weights.put(binding.tensor(), tensor);
    bindings.add(binding);
  }
}
