package io.secateur.format;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.protobuf.ByteString;
import io.secateur.nn.WeightTensor;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** An ONNX graph that is being written: nodes, and constants that layers need beside weights. */
final class OnnxNodes {
  private final GraphProto.Builder graph;
  private final Set<String> taken;

  /** Writes into {@code graph}; names in {@code taken} are used for something else. */
  OnnxNodes(GraphProto.Builder graph, Set<String> taken) {
    this.graph = graph;
    this.taken = taken;
  }

  GraphProto.Builder graph() {
    return graph;
  }

  /** A name for the output of the layer {@code name}. */
  String free(String name) {
    return fresh(name + ".output");
  }

  private String fresh(String wanted) {
    String name = wanted;
    for (int i = 1; !taken.add(name); i++) {
      name = wanted + "_" + i;
    }
    return name;
  }

  /** Adds the node {@code name} that yields {@code output}. */
  void add(
      String operator,
      String name,
      List<String> inputs,
      String output,
      AttributeProto... attributes) {
    NodeProto.Builder node =
        NodeProto.newBuilder()
            .setOpType(operator)
            .setName(name)
            .addAllInput(inputs)
            .addOutput(output);
    for (AttributeProto attribute : attributes) {
      node.addAttribute(attribute);
    }
    graph.addNode(node);
  }

  /** Adds a node in front of the one that bears the layer's name; answers with what it yields. */
  String before(String operator, String layer, List<String> inputs, AttributeProto... attributes) {
    String output = fresh(layer + "." + operator.toLowerCase(Locale.ROOT));
    add(operator, output, inputs, output, attributes);
    return output;
  }

  /** A constant list of whole numbers; answers with its name. */
  String whole(String layer, String what, long... values) {
    return constant(layer, what, OnnxFolding.integers(new int[] {values.length}, values));
  }

  /** A constant single number. */
  String single(String layer, String what, float value) {
    return constant(layer, what, WeightTensor.ofFloats(new int[0], new float[] {value}));
  }

  /** A constant. */
  String constant(String layer, String what, WeightTensor tensor) {
    String name = fresh(layer + "." + what);
    graph.addInitializer(OnnxTensors.encode(name, tensor));
    return name;
  }

  static AttributeProto integer(String key, long value) {
    return AttributeProto.newBuilder()
        .setName(key)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }

  static AttributeProto number(String key, double value) {
    return AttributeProto.newBuilder()
        .setName(key)
        .setType(AttributeProto.AttributeType.FLOAT)
        .setF((float) value)
        .build();
  }

  static AttributeProto text(String key, String value) {
    return AttributeProto.newBuilder()
        .setName(key)
        .setType(AttributeProto.AttributeType.STRING)
        .setS(ByteString.copyFromUtf8(value))
        .build();
  }

  static AttributeProto integers(String key, long... values) {
    AttributeProto.Builder attribute =
        AttributeProto.newBuilder().setName(key).setType(AttributeProto.AttributeType.INTS);
    for (long value : values) {
      attribute.addInts(value);
    }
    return attribute.build();
  }
}
