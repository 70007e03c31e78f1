package io.secateur.format;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.secateur.nn.Architecture;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Network;
import io.secateur.nn.Node;
import io.secateur.nn.WeightTensor;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Says a network as an ONNX graph: a node or a few for each layer, named like it, weights under
 * their own names, any number of images. Preprocessing stays outside, as with the other formats.
 */
final class OnnxExport {
  /** Understood by every runtime of the last five years. */
  static final int OPSET = 13;

  private static final int IR_VERSION = 7;
  private static final int FLOAT = 1;

  private OnnxExport() {}

  /** The graph, read back: what is written is what will be read. */
  static OnnxGraph of(Network network, Optional<OnnxGraph> like) {
    ModelProto model = model(network, like);
    MemoryBudget budget = new MemoryBudget(model.getSerializedSize());
    OnnxGraph graph = OnnxImport.read(model, budget, Optional.of(network.architecture().input()));
    if (!graph.architecture().requiredTensors().keySet().stream()
        .allMatch(name -> network.weights().find(name).isPresent())) {
      throw new Malformed("layers and weights were named otherwise");
    }
    return graph;
  }

  private static ModelProto model(Network network, Optional<OnnxGraph> like) {
    Architecture architecture = network.architecture();
    Set<String> taken = new HashSet<>();
    architecture.nodes().forEach(node -> taken.add(node.name()));
    network.weights().names().forEach(taken::add);
    String input = like.map(OnnxGraph::input).orElse(free("image", taken));
    String output = like.map(OnnxGraph::output).orElse(free("logits", taken));

    OnnxNodes nodes = new OnnxNodes(GraphProto.newBuilder(), taken);
    Map<String, String> values = new HashMap<>(Map.of(architecture.nodes().get(0).name(), input));
    Map<String, Integer> ranks = new HashMap<>(Map.of(architecture.nodes().get(0).name(), 4));
    OnnxGraph.Head head = like.map(OnnxGraph::head).orElse(OnnxGraph.Head.LOGITS);
    for (Node node : architecture.nodes().subList(1, architecture.nodes().size())) {
      boolean last = node == architecture.output() && head == OnnxGraph.Head.LOGITS;
      String value = last ? output : nodes.free(node.name());
      List<String> inputs = node.inputs().stream().map(values::get).toList();
      int rank = ranks.getOrDefault(node.inputs().get(0), 4);
      FeatureShape from = architecture.node(node.inputs().get(0)).output();
      ranks.put(node.name(), OnnxLayerNodes.add(nodes, node, from, rank, inputs, value));
      values.put(node.name(), value);
    }
    if (head != OnnxGraph.Head.LOGITS) {
      String operator = head == OnnxGraph.Head.PROBABILITIES ? "Softmax" : "LogSoftmax";
      String scores = values.getOrDefault(architecture.output().name(), "");
      nodes.add(operator, "", List.of(scores), output, OnnxNodes.integer("axis", 1));
    }
    GraphProto.Builder graph = nodes.graph();
    for (String name : architecture.requiredTensors().keySet()) {
      WeightTensor tensor = network.weights().get(name);
      graph.addInitializer(
          OnnxTensors.encode(name, WeightTensor.ofFloats(tensor.shape(), tensor.floats())));
    }
    FeatureShape shape = architecture.input();
    Dimension.Builder batch = Dimension.newBuilder().setDimParam("batch");
    graph.setName(architecture.name());
    boolean flat = ranks.getOrDefault(architecture.output().name(), 2) == 2;
    if (like.isPresent()) {
      graph.addInput(like.get().inputInfo()).addOutput(like.get().outputInfo());
    } else {
      graph.addInput(value(input, batch, shape.channels(), shape.height(), shape.width()));
      graph.addOutput(
          flat
              ? value(output, batch, architecture.classes())
              : value(output, batch, architecture.classes(), 1, 1));
    }
    return ModelProto.newBuilder()
        .setIrVersion(IR_VERSION)
        .setProducerName("secateur")
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPSET))
        .setGraph(graph)
        .build();
  }

  private static String free(String wanted, Set<String> taken) {
    String name = wanted;
    for (int i = 1; !taken.add(name); i++) {
      name = wanted + "_" + i;
    }
    return name;
  }

  private static ValueInfoProto value(String name, Dimension.Builder batch, int... extents) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder().addDim(batch);
    for (int extent : extents) {
      shape.addDim(Dimension.newBuilder().setDimValue(extent));
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(FLOAT).setShape(shape)))
        .build();
  }
}
