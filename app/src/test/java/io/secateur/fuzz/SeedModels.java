package io.secateur.fuzz;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.secateur.format.LayerList;
import io.secateur.format.ModelFile;
import io.secateur.format.ModelFiles;
import io.secateur.nn.Architecture;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Network;
import io.secateur.nn.Preprocessing;
import io.secateur.nn.StockArchitectures;
import io.secateur.nn.WeightTensor;
import io.secateur.nn.Weights;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Small honest models of every format, written by our own writers. */
final class SeedModels {
  static final FeatureShape IMAGE = new FeatureShape(3, 6, 6);

  static final String LAYERS =
      """
      name: tiny
      input: {channels: 3, height: 6, width: 6}
      layers:
        - {name: conv1, type: conv, out: 4, kernel: 3, padding: 1, bias: false}
        - {name: bn1, type: batch-norm}
        - {name: relu, type: relu}
        - {name: conv2, type: conv, out: 4, kernel: [3, 1], padding: [1, 0], groups: 2}
        - {name: add, type: add, from: [conv2, relu]}
        - {name: pool, type: max-pool, kernel: 2, stride: 2}
        - {name: join, type: concat, from: [pool, pool]}
        - {name: gap, type: global-average-pool}
        - {name: flatten, type: flatten}
        - {name: fc, type: linear, out: 3}
      """;

  private SeedModels() {}

  static Network tiny() {
    return network(LayerList.read(LAYERS));
  }

  /** The smallest that is recognised by its tensors. */
  static Network stock() {
    return network(
        StockArchitectures.build("resnet20-w4", new StockArchitectures.Options(IMAGE, 3)));
  }

  private static Network network(Architecture architecture) {
    Draws draws = new Draws(1);
    Map<String, WeightTensor> tensors = new LinkedHashMap<>();
    architecture
        .requiredTensors()
        .forEach(
            (name, shape) -> {
              int size = 1;
              for (int extent : shape) {
                size *= extent;
              }
              float[] values = new float[size];
              for (int i = 0; i < size; i++) {
                values[i] = name.endsWith("running_var") ? 1 : draws.below(1000) / 1000f - 0.5f;
              }
              tensors.put(name, WeightTensor.ofFloats(shape, values));
            });
    return new Network(architecture, Weights.of(tensors), Preprocessing.UNIT);
  }

  static byte[] written(Network network, ModelFile.Layout layout) {
    ModelFile file = ModelFile.of(ModelFile.Layout.SAFETENSORS, network.weights());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ModelFiles.write(file.holding(network, layout), out);
    } catch (IOException e) {
      throw new IllegalStateException("memory does not fail to be written", e);
    }
    return out.toByteArray();
  }

  /** A checkpoint in PyTorch's old layout: the pickle of the new one, and what stood around it. */
  static byte[] legacy() throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    byte[] file = written(tiny(), ModelFile.Layout.TORCH_ZIP);
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(file))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        entries.put(
            entry.getName().substring(entry.getName().indexOf('/') + 1), zip.readAllBytes());
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(latin("\u0080\u0002\u008a\nl\u00fc\u009cF\u00f9 j\u00a8P\u0019."));
    out.writeBytes(latin("\u0080\u0002M\u00e9\u0003."));
    out.writeBytes(latin("\u0080\u0002}X\r\u0000\u0000\u0000little_endian\u0088s."));
    out.writeBytes(entries.getOrDefault("data.pkl", new byte[0]));
    out.writeBytes(latin("\u0080\u0002]("));
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    entries.forEach(
        (name, bytes) -> {
          if (name.startsWith("data/")) {
            String key = name.substring("data/".length());
            out.writeBytes(latin("X" + (char) key.length() + "\u0000\u0000\u0000" + key));
            ByteBuffer count = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
            data.writeBytes(count.putLong(bytes.length / 4).array());
            data.writeBytes(bytes);
          }
        });
    out.writeBytes(latin("e."));
    out.writeBytes(data.toByteArray());
    return out.toByteArray();
  }

  private static byte[] latin(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** A model whose weights stand in {@code weights.bin}, and these. */
  static List<byte[]> external() throws IOException {
    ModelProto.Builder model =
        ModelProto.parseFrom(written(tiny(), ModelFile.Layout.ONNX)).toBuilder();
    GraphProto.Builder graph = model.getGraphBuilder();
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    for (TensorProto.Builder tensor : graph.getInitializerBuilderList()) {
      byte[] raw = tensor.getRawData().toByteArray();
      if (raw.length > 32) {
        tensor.clearRawData().setDataLocation(TensorProto.DataLocation.EXTERNAL);
        entry(tensor, "location", "weights.bin");
        entry(tensor, "offset", String.valueOf(data.size()));
        entry(tensor, "length", String.valueOf(raw.length));
        data.writeBytes(raw);
      }
    }
    return List.of(model.build().toByteArray(), data.toByteArray());
  }

  private static void entry(TensorProto.Builder tensor, String key, String value) {
    tensor.addExternalData(StringStringEntryProto.newBuilder().setKey(key).setValue(value));
  }
}
