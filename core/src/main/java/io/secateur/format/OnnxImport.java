package io.secateur.format;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.secateur.nn.Architecture;
import io.secateur.nn.ArchitectureBuilder;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Layer;
import io.secateur.nn.Weights;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Maps an ONNX graph to a network, node by node from the image to the class scores. What the scores
 * do not depend on is not looked at. A softmax at the very end is left off: logits are wanted.
 */
final class OnnxImport {
  private static final long OLDEST = 9;
  private static final long NEWEST = 26;

  private final ModelProto model;
  private final GraphProto graph;
  private final MemoryBudget budget;
  private final OnnxFolding folding;
  private final Map<String, Long> opsets = new HashMap<>();
  private final Map<String, TensorProto> initialisers = new LinkedHashMap<>();
  private final Map<String, Integer> producers = new HashMap<>();
  private final List<UnsupportedOperator> refused = new ArrayList<>();

  private OnnxImport(ModelProto model, MemoryBudget budget) {
    this.model = model;
    this.graph = model.getGraph();
    this.budget = budget;
    this.folding = new OnnxFolding(budget);
  }

  /**
   * The network in {@code model}.
   *
   * @param images size of the images at hand, for a graph that takes any
   * @throws Malformed if the graph is damaged or holds what is not supported; all such operators at
   *     once
   */
  static OnnxGraph read(ModelProto model, MemoryBudget budget, Optional<FeatureShape> images) {
    return new OnnxImport(model, budget).graph(images);
  }

  private OnnxGraph graph(Optional<FeatureShape> images) {
    checkOpsets();
    index();
    OnnxImage image = OnnxImage.of(graph, initialisers.keySet(), images);
    if (graph.getOutputCount() != 1) {
      throw new Malformed("has " + graph.getOutputCount() + " outputs, expected one: class scores");
    }
    String output = graph.getOutput(0).getName();
    OnnxGraph.Head head = head(output);
    String end = head == OnnxGraph.Head.LOGITS ? output : producer(output).getInput(0);
    Set<Integer> needed = needed(end);

    OnnxNames names = new OnnxNames();
    Map<String, Integer> readers = new HashMap<>(Map.of(end, 1));
    List<OnnxNode> nodes = new ArrayList<>();
    for (int at : needed) {
      NodeProto proto = graph.getNode(at);
      proto.getInputList().forEach(input -> readers.merge(input, 1, Integer::sum));
      boolean weighted =
          Set.of("Conv", "BatchNormalization", "Gemm", "MatMul").contains(proto.getOpType());
      if (weighted && proto.getInputCount() > 1) {
        names.reserve(proto.getInput(1));
      }
      nodes.add(new OnnxNode(proto, at, opsets.getOrDefault(proto.getDomain(), 0L)));
    }
    String called = graph.getName().isBlank() ? "onnx" : graph.getName();
    ArchitectureBuilder net = new ArchitectureBuilder(called, image.shape());
    OnnxMapping mapping = new OnnxMapping(net, names, image.batch(), readers, budget);
    mapping.put(image.name(), new OnnxValue.Feature(net.input(), 4));
    for (OnnxNode node : nodes) {
      visit(mapping, node);
    }
    if (!refused.isEmpty()) {
      throw Malformed.unsupported(refused);
    }
    return finished(mapping, image, head, end);
  }

  private OnnxGraph finished(
      OnnxMapping mapping, OnnxImage image, OnnxGraph.Head head, String end) {
    OnnxValue last = mapping.find(end);
    if (last == null || last instanceof OnnxValue.Constant || last instanceof OnnxValue.Grouped) {
      throw new Malformed("has an output " + Malformed.quote(end) + " without class scores");
    }
    ArchitectureBuilder net = mapping.net();
    try {
      OnnxValue.Feature scores = mapping.settle(last);
      FeatureShape shape = mapping.shape(scores);
      if (scores.node().equals(net.input()) || shape.height() != 1 || shape.width() != 1) {
        throw new Malformed("yields " + shape + ", expected one score for each class");
      }
      if (scores.rank() == 4) {
        net.add(mapping.names().unique("scores"), new Layer.Flatten(), scores.node());
      }
      Architecture architecture = net.build();
      return new OnnxGraph(
          model,
          architecture,
          Weights.of(mapping.weights()),
          mapping.bindings(),
          head,
          image.name(),
          graph.getOutput(0).getName(),
          image.batch() == OnnxValue.BATCH ? 0 : (int) image.batch(),
          List.of());
    } catch (OnnxRefusal | IllegalArgumentException e) {
      throw new Malformed("has a graph that fits no network: " + e.getMessage(), e);
    }
  }

  private void checkOpsets() {
    for (OperatorSetIdProto set : model.getOpsetImportList()) {
      String domain = set.getDomain().equals("ai.onnx") ? "" : set.getDomain();
      if (opsets.put(domain, set.getVersion()) != null) {
        throw new Malformed("imports the operators of " + Malformed.quote(domain) + " twice");
      }
    }
    opsets.put("ai.onnx", opsets.getOrDefault("", 0L));
    long version = opsets.getOrDefault("", 0L);
    if (version < OLDEST || version > NEWEST) {
      throw new Malformed("uses ONNX opset " + version + "; expected " + OLDEST + " to " + NEWEST);
    }
    if (graph.getSparseInitializerCount() > 0) {
      throw new Malformed("holds sparse weights, which are not supported");
    }
  }

  private void index() {
    for (TensorProto tensor : graph.getInitializerList()) {
      if (tensor.getName().isEmpty() || initialisers.put(tensor.getName(), tensor) != null) {
        throw new Malformed(
            "has no name or the same name twice for weights: " + Malformed.quote(tensor.getName()));
      }
    }
    for (int i = 0; i < graph.getNodeCount(); i++) {
      for (String output : graph.getNode(i).getOutputList()) {
        if (!output.isEmpty()
            && (producers.put(output, i) != null || initialisers.containsKey(output))) {
          throw new Malformed("yields " + Malformed.quote(output) + " in two places of the graph");
        }
      }
    }
  }

  private NodeProto producer(String name) {
    Integer at = producers.get(name);
    if (at == null) {
      throw new Malformed("has an output " + Malformed.quote(name) + " that no node yields");
    }
    return graph.getNode(at);
  }

  private OnnxGraph.Head head(String output) {
    NodeProto last = producer(output);
    boolean standard = last.getDomain().isEmpty() || last.getDomain().equals("ai.onnx");
    if (standard && last.getInputCount() == 1) {
      if (last.getOpType().equals("Softmax")) {
        return OnnxGraph.Head.PROBABILITIES;
      } else if (last.getOpType().equals("LogSoftmax")) {
        return OnnxGraph.Head.LOG_PROBABILITIES;
      }
    }
    return OnnxGraph.Head.LOGITS;
  }

  /** The nodes that {@code end} depends on, in the order of the file. */
  private Set<Integer> needed(String end) {
    Set<Integer> needed = new TreeSet<>();
    Set<String> seen = new HashSet<>(Set.of(end));
    Deque<String> open = new ArrayDeque<>(List.of(end));
    while (!open.isEmpty()) {
      Integer at = producers.get(open.pop());
      if (at != null && needed.add(at)) {
        for (String input : graph.getNode(at).getInputList()) {
          if (!input.isEmpty() && seen.add(input)) {
            open.push(input);
          }
        }
      }
    }
    return needed;
  }

  private void visit(OnnxMapping mapping, OnnxNode node) {
    boolean unknown = false;
    boolean known = true;
    for (String input : node.inputs()) {
      if (!input.isEmpty()) {
        OnnxValue value = look(mapping, node, input);
        unknown |= value instanceof OnnxValue.Unknown;
        known &= value instanceof OnnxValue.Constant;
        if (value instanceof OnnxValue.Constant constant) {
          budget.takeWork(constant.tensor().size());
        }
      }
    }
    List<OnnxValue> results = List.of();
    if (unknown && OnnxSupport.operator(node.operator())) {
      results = List.of();
    } else {
      try {
        results = results(mapping, node, known && !unknown);
      } catch (OnnxRefusal e) {
        refused.add(node.unsupported(String.valueOf(e.getMessage())));
      } catch (IllegalArgumentException | ArithmeticException e) {
        refused.add(node.unsupported("has numbers that do not fit: " + e.getMessage()));
      }
    }
    for (int i = 0; i < node.outputs().size(); i++) {
      if (!node.outputs().get(i).isEmpty()) {
        OnnxValue value = i < results.size() ? results.get(i) : new OnnxValue.Unknown();
        mapping.put(node.outputs().get(i), value);
      }
    }
  }

  private OnnxValue look(OnnxMapping mapping, OnnxNode node, String input) {
    OnnxValue value = mapping.find(input);
    if (value == null) {
      TensorProto weights = initialisers.get(input);
      if (weights == null) {
        throw new Malformed(
            "has a node "
                + Malformed.quote(node.name())
                + " that reads "
                + Malformed.quote(input)
                + ", which "
                + (producers.containsKey(input)
                    ? "a later node yields (a cycle, or nodes out of order)"
                    : "nothing yields"));
      }
      value = new OnnxValue.Constant(OnnxTensors.decode(weights, budget));
      mapping.put(input, value);
    }
    return value;
  }

  private List<OnnxValue> results(OnnxMapping mapping, OnnxNode node, boolean known) {
    if (!OnnxSupport.operator(node.operator())) {
      throw new OnnxRefusal("is not supported");
    }
    if (node.operator().equals("Constant")) {
      return List.of(new OnnxValue.Constant(node.constant(budget)));
    }
    if (known && OnnxFolding.OPERATORS.contains(node.operator())) {
      return List.of(new OnnxValue.Constant(folding.fold(node, mapping.constants(node))));
    }
    return OnnxOperators.map(mapping, node);
  }
}
