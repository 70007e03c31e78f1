package io.secateur.format;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import io.secateur.nn.ElementType;
import io.secateur.nn.HalfPrecision;
import io.secateur.nn.WeightTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tensors as ONNX stores them. */
final class OnnxTensors {
  private static final Map<Integer, ElementType> TYPES =
      Map.of(
          1, ElementType.F32,
          2, ElementType.U8,
          3, ElementType.I8,
          5, ElementType.I16,
          6, ElementType.I32,
          7, ElementType.I64,
          9, ElementType.BOOL,
          10, ElementType.F16,
          11, ElementType.F64,
          16, ElementType.BF16);

  private OnnxTensors() {}

  /** The element type behind ONNX's number for it; null for one that is not known here. */
  static @Nullable ElementType type(int code) {
    return TYPES.get(code);
  }

  /** ONNX's number for a type. */
  static int code(ElementType type) {
    return TYPES.entrySet().stream()
        .filter(entry -> entry.getValue() == type)
        .findFirst()
        .orElseThrow()
        .getKey();
  }

  /**
   * The values of a tensor that holds them itself.
   *
   * @throws Malformed naming the tensor if it lies about its size or has an unknown type
   */
  static WeightTensor decode(TensorProto tensor, MemoryBudget budget) {
    String who = "tensor " + Malformed.quote(tensor.getName());
    ElementType type = type(tensor.getDataType());
    if (type == null) {
      throw new Malformed(
          who + " has ONNX data type " + tensor.getDataType() + ", known are " + TYPES.values());
    }
    if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
      throw new Malformed(who + " stands in another file, where only weights may");
    }
    int[] shape = shape(who, tensor);
    long count = count(who, shape);
    long held = held(tensor, type);
    if (held != count) {
      throw new Malformed(
          String.format(
              Locale.ROOT,
              "%s claims %s values of %s, the file gives it %s",
              who,
              Malformed.count(count),
              type,
              Malformed.count(held)));
    }
    budget.takeTensor(tensor.getName(), type, count);
    return type.floating()
        ? WeightTensor.ofFloats(type, shape, floats(tensor, type, (int) count))
        : WeightTensor.ofIntegers(type, shape, integers(tensor, type, (int) count));
  }

  private static int[] shape(String who, TensorProto tensor) {
    if (tensor.getDimsCount() > TensorView.MOST_DIMENSIONS) {
      throw new Malformed(who + " has " + tensor.getDimsCount() + " dimensions");
    }
    int[] shape = new int[tensor.getDimsCount()];
    for (int d = 0; d < shape.length; d++) {
      long extent = tensor.getDims(d);
      if (extent < 0 || extent > Integer.MAX_VALUE) {
        throw new Malformed(who + " has the extent " + extent);
      }
      shape[d] = (int) extent;
    }
    return shape;
  }

  /** Number of values; {@code who} is named where they cannot be counted. */
  static long count(String who, int[] shape) {
    long count = 1;
    for (int extent : shape) {
      count *= extent;
      if (count > Integer.MAX_VALUE - 16) {
        throw new Malformed(who + " has a shape that is too large");
      }
    }
    return count;
  }

  /** How many values the bytes are enough for; -1 where they end within one. */
  private static long held(TensorProto tensor, ElementType type) {
    if (tensor.hasRawData()) {
      int bytes = tensor.getRawData().size();
      return bytes % type.bytes() == 0 ? bytes / type.bytes() : -1;
    }
    return switch (type) {
      case F32 -> tensor.getFloatDataCount();
      case F64 -> tensor.getDoubleDataCount();
      case I64 -> tensor.getInt64DataCount();
      default -> tensor.getInt32DataCount();
    };
  }

  private static float[] floats(TensorProto tensor, ElementType type, int count) {
    float[] values = new float[count];
    ByteBuffer raw = raw(tensor);
    for (int i = 0; i < count; i++) {
      if (tensor.hasRawData()) {
        values[i] = ElementCodec.floating(type, raw, i * type.bytes());
      } else {
        values[i] =
            switch (type) {
              case F16 -> HalfPrecision.halfToFloat((short) tensor.getInt32Data(i));
              case BF16 -> HalfPrecision.brainToFloat((short) tensor.getInt32Data(i));
              case F64 -> (float) tensor.getDoubleData(i);
              default -> tensor.getFloatData(i);
            };
      }
    }
    return values;
  }

  private static long[] integers(TensorProto tensor, ElementType type, int count) {
    long[] values = new long[count];
    ByteBuffer raw = raw(tensor);
    for (int i = 0; i < count; i++) {
      if (tensor.hasRawData()) {
        values[i] = ElementCodec.integer(type, raw, i * type.bytes());
      } else {
        values[i] = type == ElementType.I64 ? tensor.getInt64Data(i) : tensor.getInt32Data(i);
      }
    }
    return values;
  }

  private static ByteBuffer raw(TensorProto tensor) {
    return tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** A tensor as it goes into a file, its values in raw bytes. */
  static TensorProto encode(String name, WeightTensor tensor) {
    TensorProto.Builder proto =
        TensorProto.newBuilder().setName(name).setDataType(code(tensor.type()));
    for (int extent : tensor.shape()) {
      proto.addDims(extent);
    }
    return proto.setRawData(ByteString.copyFrom(ElementCodec.encode(name, tensor))).build();
  }

  /** {@code proto} with the values of {@code tensor} and everything else as it was. */
  static TensorProto replaced(TensorProto proto, WeightTensor tensor) {
    return proto.toBuilder()
        .clearFloatData()
        .clearInt32Data()
        .clearInt64Data()
        .clearDoubleData()
        .clearUint64Data()
        .setRawData(ByteString.copyFrom(ElementCodec.encode(proto.getName(), tensor)))
        .build();
  }
}
