package io.secateur.format;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.UnsafeByteOperations;
import io.secateur.nn.ElementType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Weights that an ONNX model keeps in files beside it. Only such files are opened as lie in the
 * model's own folder or below, by no absolute path, no {@code ..} and no link that leads out.
 */
final class OnnxExternalData {
  private final Path folder;
  private final MemoryBudget budget;

  private OnnxExternalData(Path folder, MemoryBudget budget) {
    this.folder = folder;
    this.budget = budget;
  }

  /**
   * The model with all weights in itself.
   *
   * @param file where the model was read
   * @throws Malformed naming the tensor whose place is refused
   */
  static ModelProto embed(ModelProto model, Path file, long fileBytes) throws IOException {
    List<Path> files = files(model, file);
    if (files.isEmpty()) {
      return model;
    }
    long bytes = fileBytes;
    for (Path beside : files) {
      bytes += Files.size(beside);
    }
    OnnxExternalData data = new OnnxExternalData(folder(file), new MemoryBudget(bytes));
    GraphProto.Builder graph = model.getGraph().toBuilder();
    for (int i = 0; i < graph.getInitializerCount(); i++) {
      if (outside(graph.getInitializer(i))) {
        graph.setInitializer(i, data.inside(graph.getInitializer(i)));
      }
    }
    return model.toBuilder().setGraph(graph).build();
  }

  /** The files that weights of {@code model}, read at {@code file}, stand in, each once. */
  static List<Path> files(ModelProto model, Path file) throws IOException {
    Path folder = folder(file);
    Set<Path> files = new LinkedHashSet<>();
    for (TensorProto tensor : model.getGraph().getInitializerList()) {
      if (outside(tensor)) {
        files.add(place(folder, tensor));
      }
    }
    return List.copyOf(files);
  }

  private static Path folder(Path file) throws IOException {
    Path parent = file.toRealPath().getParent();
    return parent == null ? Path.of("/") : parent;
  }

  private static boolean outside(TensorProto tensor) {
    return tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL;
  }

  private TensorProto inside(TensorProto tensor) throws IOException {
    String who = who(tensor);
    ElementType type = OnnxTensors.type(tensor.getDataType());
    if (type == null) {
      throw new Malformed(who + " has ONNX data type " + tensor.getDataType());
    }
    long needed = type.bytes();
    for (long extent : tensor.getDimsList()) {
      if (extent < 0 || extent > Integer.MAX_VALUE || (needed *= extent) > Integer.MAX_VALUE - 16) {
        throw new Malformed(who + " has a shape that is too large or negative");
      }
    }
    Path beside = place(folder, tensor);
    long offset = number(tensor, "offset", 0);
    long length = number(tensor, "length", needed);
    long size = Files.size(beside);
    if (length != needed || offset > size - length) {
      throw new Malformed(
          String.format(
              Locale.ROOT,
              "%s needs %d bytes and is said to have %s from byte %s on of %s, which has %d",
              who,
              needed,
              Malformed.count(length),
              Malformed.count(offset),
              Malformed.quote(entries(tensor).getOrDefault("location", "")),
              size));
    }
    budget.takeStorage(tensor.getName(), length);
    ByteBuffer bytes = ByteBuffer.allocate((int) length);
    try (FileChannel channel = FileChannel.open(beside, StandardOpenOption.READ)) {
      channel.position(offset);
      while (bytes.hasRemaining()) {
        if (channel.read(bytes) < 0) {
          throw new Malformed(who + " stands in a file that ends too early");
        }
      }
    }
    return tensor.toBuilder()
        .clearExternalData()
        .clearDataLocation()
        .setRawData(UnsafeByteOperations.unsafeWrap(bytes.array()))
        .build();
  }

  private static Path place(Path folder, TensorProto tensor) throws IOException {
    String location = entries(tensor).getOrDefault("location", "");
    String what = who(tensor) + " stands in " + Malformed.quote(location);
    Path beside;
    try {
      Path given = Path.of(location);
      boolean upwards = location.contains("\\") || location.contains(":");
      for (Path part : given) {
        upwards |= part.toString().equals("..");
      }
      if (location.isEmpty() || given.isAbsolute() || upwards) {
        throw new Malformed(
            what + "; expected a file in the model's own folder, without '..' or an absolute path");
      }
      beside = folder.resolve(given);
    } catch (InvalidPathException e) {
      throw new Malformed(what + ", which is no path", e);
    }
    if (!Files.isRegularFile(beside)) {
      throw new Malformed(what + ", which does not exist beside the model");
    }
    Path real = beside.toRealPath();
    if (!real.startsWith(folder)) {
      throw new Malformed(what + ", a link that leads out of the model's folder");
    }
    return real;
  }

  private static long number(TensorProto tensor, String key, long otherwise) {
    String text = entries(tensor).get(key);
    if (text == null) {
      return otherwise;
    }
    try {
      long value = Long.parseLong(text.strip());
      if (value >= 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Refused below.
    }
    throw new Malformed(
        who(tensor) + " has the " + key + " " + Malformed.quote(text) + " in another file");
  }

  private static Map<String, String> entries(TensorProto tensor) {
    Map<String, String> entries = new HashMap<>();
    for (StringStringEntryProto entry : tensor.getExternalDataList()) {
      entries.put(entry.getKey(), entry.getValue());
    }
    return entries;
  }

  private static String who(TensorProto tensor) {
    return "tensor " + Malformed.quote(tensor.getName());
  }
}
