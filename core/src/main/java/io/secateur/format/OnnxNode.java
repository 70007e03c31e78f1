package io.secateur.format;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import io.secateur.nn.WeightTensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One node of an ONNX graph, with its attributes at hand. */
final class OnnxNode {
  private final NodeProto proto;
  private final int index;
  private final long opset;
  private final Map<String, AttributeProto> attributes = new HashMap<>();

  /** Node number {@code index} of the graph, of a domain whose version is {@code opset}. */
  OnnxNode(NodeProto proto, int index, long opset) {
    this.proto = proto;
    this.index = index;
    this.opset = opset;
    for (AttributeProto attribute : proto.getAttributeList()) {
      if (attributes.put(attribute.getName(), attribute) != null) {
        throw new Malformed(
            "node " + Malformed.quote(name()) + " has two attributes " + attribute.getName());
      }
    }
  }

  int index() {
    return index;
  }

  long opset() {
    return opset;
  }

  /** The operator; with its domain, unless that is ONNX's own. */
  String operator() {
    String domain = proto.getDomain();
    return domain.isEmpty() || domain.equals("ai.onnx")
        ? proto.getOpType()
        : domain + "." + proto.getOpType();
  }

  /** Its name, or that of what it yields. */
  String name() {
    return !proto.getName().isEmpty() || proto.getOutputCount() == 0
        ? proto.getName()
        : proto.getOutput(0);
  }

  List<String> inputs() {
    return proto.getInputList();
  }

  List<String> outputs() {
    return proto.getOutputList();
  }

  /** Whether input {@code at} is given. */
  boolean has(int at) {
    return at < proto.getInputCount() && !proto.getInput(at).isEmpty();
  }

  /** Name of input {@code at}. */
  String input(int at) {
    if (!has(at)) {
      throw new OnnxRefusal("input " + at + " is missing");
    }
    return proto.getInput(at);
  }

  boolean hasAttribute(String key) {
    return attributes.containsKey(key);
  }

  long integer(String key, long otherwise) {
    AttributeProto attribute = typed(key, AttributeProto.AttributeType.INT);
    return attribute == null ? otherwise : attribute.getI();
  }

  boolean flag(String key, boolean otherwise) {
    return integer(key, otherwise ? 1 : 0) != 0;
  }

  /** A number as its shortest decimal says it: 1e-5 and not the 32-bit number next to it. */
  double number(String key, double otherwise) {
    AttributeProto attribute = typed(key, AttributeProto.AttributeType.FLOAT);
    return attribute == null ? otherwise : decimal(attribute.getF());
  }

  static double decimal(float value) {
    return Double.parseDouble(Float.toString(value));
  }

  String text(String key, String otherwise) {
    AttributeProto attribute = typed(key, AttributeProto.AttributeType.STRING);
    return attribute == null ? otherwise : attribute.getS().toStringUtf8();
  }

  /** A list of integers; null if it is not given. */
  long @Nullable [] integers(String key) {
    AttributeProto attribute = typed(key, AttributeProto.AttributeType.INTS);
    return attribute == null
        ? null
        : attribute.getIntsList().stream().mapToLong(Long::longValue).toArray();
  }

  /** What a Constant holds. */
  WeightTensor constant(MemoryBudget budget) {
    if (attributes.containsKey("value")) {
      AttributeProto value = typed("value", AttributeProto.AttributeType.TENSOR);
      if (value != null) {
        return OnnxTensors.decode(value.getT(), budget);
      }
    } else if (attributes.containsKey("value_int")) {
      return OnnxFolding.integers(new int[0], integer("value_int", 0));
    } else if (attributes.containsKey("value_float")) {
      return WeightTensor.ofFloats(new int[0], new float[] {(float) number("value_float", 0)});
    }
    long[] list = integers("value_ints");
    AttributeProto floats = typed("value_floats", AttributeProto.AttributeType.FLOATS);
    if (list != null) {
      return OnnxFolding.integers(new int[] {list.length}, list);
    } else if (floats != null) {
      float[] values = new float[floats.getFloatsCount()];
      for (int i = 0; i < values.length; i++) {
        values[i] = floats.getFloats(i);
      }
      return WeightTensor.ofFloats(new int[] {values.length}, values);
    }
    throw new OnnxRefusal("holds no tensor of numbers");
  }

  /** The tensor attribute {@code key}; null if it is not given. */
  @Nullable WeightTensor tensor(String key, MemoryBudget budget) {
    AttributeProto attribute = typed(key, AttributeProto.AttributeType.TENSOR);
    return attribute == null ? null : OnnxTensors.decode(attribute.getT(), budget);
  }

  private @Nullable AttributeProto typed(String key, AttributeProto.AttributeType type) {
    AttributeProto attribute = attributes.get(key);
    if (attribute != null && attribute.getType() != type) {
      throw new OnnxRefusal(
          "attribute " + key + " is " + attribute.getType() + ", expected " + type);
    }
    return attribute;
  }

  UnsupportedOperator unsupported(String reason) {
    return new UnsupportedOperator(operator(), name(), opset, reason);
  }
}
