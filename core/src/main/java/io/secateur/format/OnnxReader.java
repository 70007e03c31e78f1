package io.secateur.format;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import com.google.protobuf.CodedInputStream;
import io.secateur.text.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads ONNX files: bytes to messages, within bounds, and these to a network. */
final class OnnxReader {
  private static final int DEEPEST = 100;

  private OnnxReader() {}

  /** The model in {@code file}, whose weights may stand in files beside it. */
  static ModelFile read(Path file, long length, ReadOptions options) throws IOException {
    if (length > Integer.MAX_VALUE - 16) {
      throw new Malformed("has " + length + " bytes; ONNX files end at 2 GiB");
    }
    MemoryBudget budget = new MemoryBudget(length);
    budget.takeStorage(String.valueOf(file.getFileName()), length);
    byte[] bytes = Files.readAllBytes(file);
    OnnxScan.check(bytes);
    CodedInputStream in = CodedInputStream.newInstance(bytes);
    in.setRecursionLimit(DEEPEST);
    in.enableAliasing(true);
    ModelProto model;
    try {
      model = ModelProto.parseFrom(in);
    } catch (IOException e) {
      throw new Malformed("is a damaged ONNX model: " + Reason.of(e), e);
    }
    if (!model.hasGraph()) {
      throw new Malformed("is an ONNX model without a graph");
    }
    long all = length;
    ModelProto whole = OnnxExternalData.embed(model, file, length);
    if (whole != model) {
      all = whole.getSerializedSize();
    }
    OnnxGraph graph =
        OnnxImport.read(whole, new MemoryBudget(all), options.images())
            .with(OnnxExternalData.files(model, file));
    Map<String, String> metadata = new LinkedHashMap<>();
    for (StringStringEntryProto entry : whole.getMetadataPropsList()) {
      if (metadata.put(entry.getKey(), entry.getValue()) != null) {
        throw new Malformed("has the metadata key " + Malformed.quote(entry.getKey()) + " twice");
      }
    }
    return new ModelFile(
        ModelFile.Layout.ONNX,
        graph.weights(),
        "",
        List.of(),
        metadata,
        Map.of(),
        Optional.of(graph));
  }
}
