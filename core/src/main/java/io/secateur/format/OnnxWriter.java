package io.secateur.format;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.secateur.nn.WeightTensor;
import io.secateur.nn.Weights;
import java.io.IOException;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Writes ONNX files: the graph as it was, but for weights that changed. A weight that several nodes
 * read, or that the graph computes, gets a tensor of its own once it changes in one of its places.
 */
final class OnnxWriter {
  /** Before this version of the format every weight is an input, too. */
  private static final long OWN_WEIGHTS = 4;

  private final OnnxGraph source;
  private final GraphProto.Builder graph;
  private final boolean weightsAreInputs;
  private final Map<String, Integer> initialisers = new HashMap<>();
  private final Map<String, Integer> readers = new HashMap<>();
  private final Set<String> names = new HashSet<>();

  private OnnxWriter(OnnxGraph source) {
    this.source = source;
    this.graph = source.model().getGraph().toBuilder();
    this.weightsAreInputs = source.model().getIrVersion() < OWN_WEIGHTS;
    for (int i = 0; i < graph.getInitializerCount(); i++) {
      initialisers.put(graph.getInitializer(i).getName(), i);
      names.add(graph.getInitializer(i).getName());
    }
    graph.getInputList().forEach(input -> names.add(input.getName()));
    graph
        .getNodeList()
        .forEach(
            node -> {
              node.getInputList().forEach(input -> readers.merge(input, 1, Integer::sum));
              names.addAll(node.getOutputList());
            });
    graph.getOutputList().forEach(output -> readers.merge(output.getName(), 1, Integer::sum));
  }

  /** Writes {@code model}, whose graph is {@code source}. */
  static void write(ModelFile model, OnnxGraph source, OutputStream out) throws IOException {
    ModelProto proto = new OnnxWriter(source).model(model);
    long bytes = 0;
    for (TensorProto tensor : proto.getGraph().getInitializerList()) {
      bytes += tensor.getRawData().size() + 4L * tensor.getFloatDataCount();
    }
    if (bytes > Integer.MAX_VALUE - (64L << 20)) {
      throw new Malformed("the model has " + bytes + " bytes, ONNX files end at 2 GiB");
    }
    proto.writeTo(out);
  }

  private ModelProto model(ModelFile model) {
    Weights before = source.weights();
    for (OnnxBinding binding : source.bindings()) {
      WeightTensor old = before.get(binding.tensor());
      WeightTensor changed = model.weights().get(binding.tensor());
      WeightTensor now = WeightTensor.ofFloats(old.type(), changed.shape(), changed.floats());
      if (!now.equals(old)) {
        change(binding, now);
      }
    }
    ModelProto.Builder proto = source.model().toBuilder().setGraph(graph);
    Map<String, String> written = new LinkedHashMap<>();
    proto.getMetadataPropsList().forEach(entry -> written.put(entry.getKey(), entry.getValue()));
    if (!written.equals(model.metadata())) {
      proto.clearMetadataProps();
      model
          .metadata()
          .forEach(
              (key, value) ->
                  proto.addMetadataProps(
                      StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
    }
    return proto.build();
  }

  private void change(OnnxBinding binding, WeightTensor now) {
    String name = graph.getNode(binding.node()).getInput(binding.input());
    WeightTensor stored = stored(binding, now);
    Integer at = initialisers.get(name);
    if (at != null && readers.getOrDefault(name, 0) == 1) {
      TensorProto old = graph.getInitializer(at);
      long size = 1;
      for (long extent : old.getDimsList()) {
        size *= extent;
      }
      if (size == stored.size() && old.getDataType() == OnnxTensors.code(stored.type())) {
        graph.setInitializer(at, OnnxTensors.replaced(old, stored));
        return;
      }
    }
    add(binding, stored);
  }

  private void add(OnnxBinding binding, WeightTensor stored) {
    String name = binding.tensor();
    for (int i = 1; !names.add(name); i++) {
      name = binding.tensor() + "_" + i;
    }
    graph.addInitializer(OnnxTensors.encode(name, stored));
    graph.setNode(
        binding.node(), graph.getNode(binding.node()).toBuilder().setInput(binding.input(), name));
    if (weightsAreInputs) {
      TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
      for (int extent : stored.shape()) {
        shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(extent));
      }
      TypeProto.Tensor.Builder type =
          TypeProto.Tensor.newBuilder()
              .setElemType(OnnxTensors.code(stored.type()))
              .setShape(shape);
      graph.addInput(
          ValueInfoProto.newBuilder()
              .setName(name)
              .setType(TypeProto.newBuilder().setTensorType(type)));
    }
  }

  /** A weight as the graph wants it. */
  private static WeightTensor stored(OnnxBinding binding, WeightTensor now) {
    float[] values = now.floats();
    int[] shape = now.shape();
    if (binding.transposed()) {
      int rows = shape[0];
      int columns = shape[1];
      float[] turned = new float[values.length];
      for (int r = 0; r < rows; r++) {
        for (int c = 0; c < columns; c++) {
          turned[c * rows + r] = values[r * columns + c];
        }
      }
      values = turned;
      shape = new int[] {columns, rows};
    }
    if (binding.factor() != 1) {
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (values[i] / binding.factor());
      }
    }
    return WeightTensor.ofFloats(now.type(), shape, values);
  }
}
