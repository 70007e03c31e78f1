package io.secateur.nn;

import io.secateur.engine.ForwardCost;
import io.secateur.engine.NumberFormat;
import io.secateur.engine.Ops;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Runs a {@link Network} on the tensor engine, with {@link Hooks}. Its tensors belong to the scope
 * that was open when it was made.
 *
 * <p>{@link #evaluating} folds every batch norm that alone follows a convolution into that
 * convolution, W' = W γ/√(σ²+ε), b' = β + (b − μ) γ/√(σ²+ε): the fastest way to evaluate,
 * differentiable with respect to inputs and masks. {@link #training} keeps every weight as a
 * variable of its own.
 *
 * <p>A mask touches a node's output, so a network can be resumed from cached outputs of the nodes
 * on the edge of what a mask changes: {@link #boundary} names them, {@link #activations} computes
 * them once, {@link #resume} goes on from there.
 */
public final class Interpreter {
  private static final double BATCH_NORM_MOMENTUM = 0.1;

  private final Network network;
  private final NumberFormat format;
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  /** Batch-norm node → the convolution folded into it. */
  private final Map<String, Node> folded = new HashMap<>();

  private final Set<String> foldedConvolutions = new HashSet<>();

  private Interpreter(Network network, NumberFormat format, boolean fold) {
    this.network = network;
    this.format = format;
    if (fold) {
      network.architecture().nodes().forEach(this::foldIntoConvolution);
    }
    for (String name : network.architecture().requiredTensors().keySet()) {
      String owner = name.substring(0, name.lastIndexOf('.'));
      if (!folded.containsKey(owner) && !foldedConvolutions.contains(owner)) {
        tensors.put(name, load(network.weights().get(name)));
      }
    }
    float[] std = network.preprocessing().std();
    float[] mean = network.preprocessing().mean();
    tensors.put("preprocessing.mean", Tensor.of(mean, 1, mean.length, 1, 1));
    tensors.put("preprocessing.std", Tensor.of(std, 1, std.length, 1, 1));
  }

  /** For evaluation: folded, in {@code format}; weights are constants. */
  public static Interpreter evaluating(Network network, NumberFormat format) {
    return new Interpreter(network, format, true);
  }

  /** For evaluation in float32. */
  public static Interpreter evaluating(Network network) {
    return evaluating(network, NumberFormat.FLOAT32);
  }

  /**
   * Unfolded, float32; weights are constants. What per-channel perturbations of batch norm need.
   */
  public static Interpreter unfolded(Network network) {
    return new Interpreter(network, NumberFormat.FLOAT32, false);
  }

  /** Unfolded, float32; every weight is a variable, see {@link #parameters}. */
  public static Interpreter training(Network network) {
    Interpreter interpreter = unfolded(network);
    interpreter.parameters().forEach(Tensor::requireGradient);
    return interpreter;
  }

  /** The network this runs, with the weights it was made from. */
  public Network network() {
    return network;
  }

  /** The variables of training: weights, biases, γ and β; not the running statistics. */
  public List<Tensor> parameters() {
    List<Tensor> parameters = new ArrayList<>();
    for (String name : network.architecture().requiredTensors().keySet()) {
      if (!name.endsWith(".running_mean") && !name.endsWith(".running_var")) {
        parameters.add(parameter(name));
      }
    }
    return parameters;
  }

  /** The tensor of one weight by its {@code state_dict} name. */
  public Tensor parameter(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("no tensor named '" + name + "', or it was folded away");
    }
    return tensor;
  }

  /** The network with the present values of all weights. */
  public Network snapshot() {
    Map<String, WeightTensor> current = new LinkedHashMap<>();
    for (String name : network.architecture().requiredTensors().keySet()) {
      current.put(name, network.weights().get(name).withFloats(parameter(name).toFloats()));
    }
    return network.withWeights(network.weights().with(current));
  }

  /**
   * Logits [N, K], float32, of images [N, C, H, W] in [0, 1]; of a network that yields images,
   * those [N, C', H', W'].
   */
  public Tensor forward(Tensor images) {
    return forward(images, Hooks.NONE);
  }

  /** Logits under {@code hooks}. */
  public Tensor forward(Tensor images, Hooks hooks) {
    Node input = network.architecture().nodes().get(0);
    return resume(Map.of(input.name(), preprocess(images)), hooks);
  }

  /**
   * Outputs, without masks, of the nodes {@code wanted}; logits excepted, in the interpreter's
   * format.
   */
  public Map<String, Tensor> activations(Tensor images, Set<String> wanted) {
    return activations(images, wanted, Map.of());
  }

  /** The same with {@link Hooks#additions}. */
  public Map<String, Tensor> activations(
      Tensor images, Set<String> wanted, Map<String, Tensor> additions) {
    Map<String, Tensor> known = new HashMap<>();
    known.put(network.architecture().nodes().get(0).name(), preprocess(images));
    refuseFolded(additions.keySet());
    compute(known, wanted, Hooks.NONE.withAdditions(additions));
    Map<String, Tensor> result = new LinkedHashMap<>();
    for (String name : wanted) {
      result.put(name, get(known, name));
    }
    return result;
  }

  /**
   * The nodes whose unmasked outputs determine the logits whatever masks are put on {@code masked}:
   * those not downstream of a masked node, read by one that is, and the first masked nodes
   * themselves.
   */
  public Set<String> boundary(Set<String> masked) {
    Set<String> downstream = new HashSet<>();
    Set<String> boundary = new LinkedHashSet<>();
    for (Node node : network.architecture().nodes()) {
      for (String input : node.inputs()) {
        if (masked.contains(input) || downstream.contains(input)) {
          downstream.add(node.name());
        }
      }
    }
    for (Node node : network.architecture().nodes()) {
      if (downstream.contains(node.name())) {
        for (String input : node.inputs()) {
          if (!downstream.contains(input)) {
            boundary.add(input);
          }
        }
      }
    }
    String output = network.architecture().output().name();
    if (!downstream.contains(output)) {
      boundary.add(output);
    }
    return boundary;
  }

  /**
   * Logits, float32, from unmasked outputs of a {@link #boundary} (or of the input, preprocessed).
   */
  public Tensor resume(Map<String, Tensor> unmasked, Hooks hooks) {
    refuseFolded(hooks.masks().keySet());
    refuseFolded(hooks.additions().keySet());
    Map<String, Tensor> known = new HashMap<>();
    unmasked.forEach((name, value) -> known.put(name, masked(name, value, hooks, false)));
    String output = network.architecture().output().name();
    compute(known, Set.of(output), hooks);
    return get(known, output).to(NumberFormat.FLOAT32);
  }

  private static Tensor get(Map<String, Tensor> known, String name) {
    Tensor value = known.get(name);
    if (value == null) {
      throw new IllegalStateException("node '" + name + "' was not computed");
    }
    return value;
  }

  private Tensor preprocess(Tensor images) {
    return images
        .sub(parameter("preprocessing.mean"))
        .div(parameter("preprocessing.std"))
        .to(format)
        .channelsLast();
  }

  /**
   * Computes {@code wanted} and what they need, in order, forgetting outputs that nobody reads any
   * more. Where no gradient is recorded and no tap looks, sums, rectifiers and masks overwrite
   * outputs computed here that nobody else reads: a tenth of the time at full width.
   */
  private void compute(Map<String, Tensor> known, Set<String> wanted, Hooks hooks) {
    List<Node> plan = plan(known.keySet(), wanted);
    Map<String, Integer> readers = new HashMap<>();
    for (Node node : plan) {
      operands(node).forEach(name -> readers.merge(name, 1, Integer::sum));
    }
    ForwardCost.add(cost(plan) * known.values().iterator().next().size(0));
    boolean reuse = hooks.untapped() && !Scope.recordsGradients();
    Set<String> spare = new HashSet<>();
    for (Node node : plan) {
      String first = operands(node).get(0);
      boolean inPlace = reuse && spare.contains(first) && readers.getOrDefault(first, 0) == 1;
      boolean fresh = makesNewTensor(node);
      Tensor output = inPlace ? applyInPlace(node, known, hooks) : apply(node, known, hooks);
      Tensor added = added(node.name(), output, hooks);
      known.put(node.name(), masked(node.name(), added, hooks, reuse && fresh));
      if (!fresh) {
        spare.removeAll(operands(node));
      } else if (!wanted.contains(node.name())) {
        spare.add(node.name());
      }
      for (String name : operands(node)) {
        int left = readers.merge(name, -1, Integer::sum);
        if (left == 0 && !wanted.contains(name)) {
          known.remove(name);
        }
      }
    }
  }

  /** Whether what a node yields never shares memory with what it reads. */
  private static boolean makesNewTensor(Node node) {
    Layer layer = node.layer();
    return layer instanceof Layer.Conv2d
        || layer instanceof Layer.BatchNorm
        || layer instanceof Layer.Activation
        || layer instanceof Layer.Add;
  }

  /** As {@link #apply}, where possible in the memory of the first operand. */
  private Tensor applyInPlace(Node node, Map<String, Tensor> known, Hooks hooks) {
    Tensor x = get(known, operands(node).get(0));
    if (node.layer() instanceof Layer.Relu) {
      return x.reluInPlace();
    } else if (node.layer() instanceof Layer.Add) {
      for (String other : node.inputs().subList(1, node.inputs().size())) {
        x.addInPlace(get(known, other));
      }
      return x;
    }
    return apply(node, known, hooks);
  }

  /** The nodes to compute, in order, when {@code known} are given. */
  private List<Node> plan(Set<String> known, Set<String> wanted) {
    Set<String> needed = new HashSet<>(wanted);
    List<Node> nodes = network.architecture().nodes();
    List<Node> plan = new ArrayList<>();
    for (int i = nodes.size() - 1; i >= 0; i--) {
      Node node = nodes.get(i);
      if (needed.contains(node.name()) && !known.contains(node.name())) {
        plan.add(0, node);
        needed.addAll(operands(node));
      }
    }
    return plan;
  }

  /** Multiply-accumulates for one image, those of folded convolutions among them. */
  private long cost(List<Node> plan) {
    long cost = 0;
    for (Node node : plan) {
      Node convolution = folded.get(node.name());
      cost += Architecture.macs(convolution == null ? node : convolution);
    }
    return cost;
  }

  /** What a node reads, looking through a folded convolution. */
  private List<String> operands(Node node) {
    Node convolution = folded.get(node.name());
    return convolution == null ? node.inputs() : convolution.inputs();
  }

  private void refuseFolded(Set<String> hooked) {
    for (String name : hooked) {
      if (foldedConvolutions.contains(name)) {
        throw new IllegalArgumentException(
            "'" + name + "' is folded into its batch norm; mask or change that instead");
      }
    }
  }

  private Tensor added(String name, Tensor output, Hooks hooks) {
    Tensor addition = hooks.additions().get(name);
    return addition == null ? output : output.add(spread(addition.to(format), output));
  }

  private Tensor masked(String name, Tensor output, Hooks hooks, boolean inPlace) {
    Tensor mask = hooks.masks().get(name);
    Tensor result = output;
    if (mask != null) {
      Tensor factors = spread(mask.to(format), output);
      result = inPlace ? output.mulInPlace(factors) : output.mul(factors);
    }
    hooks.tap().accept(name, result);
    return result;
  }

  /** Numbers per channel [C], or [N, C], in a shape that goes with an output. */
  private static Tensor spread(Tensor perChannel, Tensor output) {
    long[] shape = perChannel.shape();
    long rows = shape.length == 2 ? shape[0] : 1;
    return output.shape().length == 4
        ? perChannel.reshape(rows, -1, 1, 1)
        : perChannel.reshape(rows, -1);
  }

  private Tensor apply(Node node, Map<String, Tensor> known, Hooks hooks) {
    Node convolution = folded.get(node.name());
    if (convolution != null) {
      Tensor x = get(known, convolution.inputs().get(0));
      return LayerFunctions.convolve(
          (Layer.Conv2d) convolution.layer(), x, folded(node, "weight"), folded(node, "bias"));
    }
    Layer layer = node.layer();
    Tensor x = get(known, node.inputs().get(0));
    if (layer instanceof Layer.Conv2d conv) {
      return LayerFunctions.convolve(conv, x, weight(node), bias(node, conv.bias()));
    } else if (layer instanceof Layer.BatchNorm norm) {
      return normalise(node, norm, x, hooks);
    } else if (layer instanceof Layer.Linear linear) {
      return Ops.linear(x, weight(node), bias(node, linear.bias()));
    }
    Tensor[] inputs = node.inputs().stream().map(name -> get(known, name)).toArray(Tensor[]::new);
    return LayerFunctions.of(layer, inputs, format, hooks.training());
  }

  private Tensor normalise(Node node, Layer.BatchNorm norm, Tensor x, Hooks hooks) {
    Tensor gamma = weight(node);
    Tensor beta = parameter(node.name() + ".bias");
    Tensor scale = hooks.scales().get(node.name());
    Tensor shift = hooks.shifts().get(node.name());
    return Ops.batchNorm(
        x,
        scale == null ? gamma : gamma.mul(scale),
        shift == null ? beta : beta.mul(shift),
        parameter(node.name() + ".running_mean"),
        parameter(node.name() + ".running_var"),
        hooks.training(),
        BATCH_NORM_MOMENTUM,
        norm.epsilon());
  }

  // Weights.

  private Tensor weight(Node node) {
    return parameter(node.name() + ".weight");
  }

  private @Nullable Tensor bias(Node node, boolean present) {
    return present ? parameter(node.name() + ".bias") : null;
  }

  private Tensor folded(Node norm, String part) {
    return parameter(norm.name() + ".folded." + part);
  }

  private Tensor load(WeightTensor stored) {
    return Scope.tensor(
        () -> {
          Tensor tensor = Tensor.of(stored.floats(), longs(stored.shape())).to(format);
          return stored.shape().length == 4 ? tensor.channelsLast() : tensor;
        });
  }

  private void foldIntoConvolution(Node node) {
    if (!(node.layer() instanceof Layer.BatchNorm norm)) {
      return;
    }
    Node producer = network.architecture().node(node.inputs().get(0));
    if (!(producer.layer() instanceof Layer.Conv2d conv)
        || network.architecture().consumers(producer.name()).size() != 1) {
      return;
    }
    Weights weights = network.weights();
    WeightTensor kernel = weights.get(producer.name() + ".weight");
    WeightTensor gamma = weights.get(node.name() + ".weight");
    WeightTensor beta = weights.get(node.name() + ".bias");
    WeightTensor mean = weights.get(node.name() + ".running_mean");
    WeightTensor variance = weights.get(node.name() + ".running_var");
    float[] foldedKernel = kernel.floats();
    float[] foldedBias = new float[conv.outChannels()];
    int perFilter = foldedKernel.length / conv.outChannels();
    for (int c = 0; c < conv.outChannels(); c++) {
      double factor = gamma.at(c) / Math.sqrt(variance.at(c) + norm.epsilon());
      for (int i = c * perFilter; i < (c + 1) * perFilter; i++) {
        foldedKernel[i] = (float) (foldedKernel[i] * factor);
      }
      double bias = conv.bias() ? weights.get(producer.name() + ".bias").at(c) : 0;
      foldedBias[c] = (float) (beta.at(c) + (bias - mean.at(c)) * factor);
    }
    tensors.put(
        node.name() + ".folded.weight", load(WeightTensor.ofFloats(kernel.shape(), foldedKernel)));
    tensors.put(
        node.name() + ".folded.bias",
        load(WeightTensor.ofFloats(new int[] {foldedBias.length}, foldedBias)));
    folded.put(node.name(), producer);
    foldedConvolutions.add(producer.name());
  }

  private static long[] longs(int[] values) {
    long[] result = new long[values.length];
    for (int i = 0; i < values.length; i++) {
      result[i] = values[i];
    }
    return result;
  }
}
