package io.secateur.fuzz;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Changes to the fields of a protocol buffer, at any depth, with lengths around them that fit. */
final class ProtobufMutations {
  private static final int DEEPEST = 8;
  private static final List<String> WORDS =
      List.of(
          "Add",
          "AveragePool",
          "BatchNormalization",
          "Cast",
          "Ceil",
          "Clip",
          "Concat",
          "Constant",
          "ConstantOfShape",
          "Conv",
          "Div",
          "Dropout",
          "Elu",
          "Flatten",
          "Floor",
          "Gather",
          "Gemm",
          "GlobalAveragePool",
          "GlobalMaxPool",
          "HardSigmoid",
          "HardSwish",
          "Identity",
          "LeakyRelu",
          "LogSoftmax",
          "MatMul",
          "MaxPool",
          "Mul",
          "Neg",
          "Pad",
          "ReduceMean",
          "Reciprocal",
          "Relu",
          "Reshape",
          "Resize",
          "Shape",
          "Sigmoid",
          "Slice",
          "Softmax",
          "Split",
          "Sqrt",
          "Squeeze",
          "Sub",
          "Sum",
          "Swish",
          "Tanh",
          "Transpose",
          "Unsqueeze",
          "If",
          "Loop",
          "axis",
          "axes",
          "perm",
          "to",
          "value",
          "value_ints",
          "pads",
          "strides",
          "kernel_shape",
          "dilations",
          "group",
          "ceil_mode",
          "auto_pad",
          "SAME_UPPER",
          "VALID",
          "transB",
          "alpha",
          "beta",
          "epsilon",
          "mode",
          "split",
          "location",
          "offset",
          "length",
          "../x",
          "/etc/passwd",
          "weights.bin",
          "",
          "ai.onnx",
          "x.y");

  private ProtobufMutations() {}

  /** One field; {@code bytes} only where {@code wire} is length-delimited. */
  private record Field(int number, int wire, long value, byte[] bytes) {}

  static byte[] of(byte[] file, byte[] other, Draws draws) {
    if (draws.once(15)) {
      return ByteMutations.of(file, other, draws);
    }
    byte[] changed = file;
    for (int edits = draws.few(3); edits > 0; edits--) {
      changed = message(changed, other, draws, 0);
    }
    return changed.length > Mutation.LONGEST ? file : changed;
  }

  private static byte[] message(byte[] bytes, byte[] other, Draws draws, int depth) {
    List<Field> fields = parsed(bytes);
    if (fields.isEmpty()) {
      return ByteMutations.of(bytes, other, draws);
    }
    List<Field> foreign = parsed(other);
    int at = draws.below(fields.size());
    Field field = fields.get(at);
    boolean inside =
        field.wire() == WireFormat.WIRETYPE_LENGTH_DELIMITED && field.bytes().length > 0;
    if (inside && depth < DEEPEST && !draws.once(5)) {
      byte[] like = field.bytes();
      for (Field candidate : foreign) {
        like = candidate.number() == field.number() ? candidate.bytes() : like;
      }
      fields.set(at, with(field, content(field.bytes(), like, draws, depth)));
    } else {
      edit(fields, foreign, at, draws);
    }
    return written(fields);
  }

  /** A text is replaced as a text, numbers as numbers, and a message field by field. */
  private static byte[] content(byte[] bytes, byte[] other, Draws draws, int depth) {
    boolean text = bytes.length < 40;
    for (byte b : bytes) {
      text &= b >= ' ' && b < 127;
    }
    if (text) {
      return draws.once(8)
          ? ByteMutations.of(bytes, other, draws)
          : draws.of(WORDS).getBytes(StandardCharsets.UTF_8);
    }
    return parsed(bytes).isEmpty()
        ? ByteMutations.of(bytes, other, draws)
        : message(bytes, other, draws, depth + 1);
  }

  private static void edit(List<Field> fields, List<Field> foreign, int at, Draws draws) {
    Field field = fields.get(at);
    switch (draws.below(8)) {
      case 0 -> fields.remove(at);
      case 1 -> fields.add(draws.below(fields.size()), field);
      case 2, 3 ->
          fields.set(at, new Field(field.number(), field.wire(), draws.extreme(), field.bytes()));
      case 4 -> fields.set(at, with(field, draws.of(fields).bytes()));
      case 5 -> fields.add(at, draws.of(foreign.isEmpty() ? fields : foreign));
      case 6 ->
          fields.set(
              at, new Field(1 + draws.below(30), field.wire(), field.value(), field.bytes()));
      default -> {
        for (int times = draws.few(2000); times > 0; times--) {
          fields.add(field);
        }
      }
    }
  }

  private static Field with(Field field, byte[] bytes) {
    return new Field(field.number(), field.wire(), field.value(), bytes);
  }

  /** The fields; none if these bytes are no message. */
  private static List<Field> parsed(byte[] bytes) {
    List<Field> fields = new ArrayList<>();
    CodedInputStream in = CodedInputStream.newInstance(bytes);
    try {
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        int wire = WireFormat.getTagWireType(tag);
        byte[] content = {};
        long value = 0;
        switch (wire) {
          case WireFormat.WIRETYPE_VARINT -> value = in.readRawVarint64();
          case WireFormat.WIRETYPE_FIXED32 -> value = in.readRawLittleEndian32();
          case WireFormat.WIRETYPE_FIXED64 -> value = in.readRawLittleEndian64();
          case WireFormat.WIRETYPE_LENGTH_DELIMITED -> content = in.readByteArray();
          default -> {
            return List.of();
          }
        }
        fields.add(new Field(WireFormat.getTagFieldNumber(tag), wire, value, content));
      }
      return fields;
    } catch (IOException e) {
      return List.of();
    }
  }

  private static byte[] written(List<Field> fields) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes, 1024);
    try {
      for (Field field : fields) {
        out.writeTag(field.number(), field.wire());
        switch (field.wire()) {
          case WireFormat.WIRETYPE_VARINT -> out.writeUInt64NoTag(field.value());
          case WireFormat.WIRETYPE_FIXED32 -> out.writeFixed32NoTag((int) field.value());
          case WireFormat.WIRETYPE_FIXED64 -> out.writeFixed64NoTag(field.value());
          default -> out.writeByteArrayNoTag(field.bytes());
        }
      }
      out.flush();
    } catch (IOException e) {
      throw new IllegalStateException("memory does not fail to be written", e);
    }
    return bytes.toByteArray();
  }
}
