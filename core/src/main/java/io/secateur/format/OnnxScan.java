package io.secateur.format;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.secateur.text.Reason;
import java.io.IOException;
import java.util.Map;

/**
 * Walks over the bytes of an ONNX model before they become objects: an empty node takes two bytes
 * of a file and a hundred times as many in memory, so that their number is bounded first.
 */
final class OnnxScan {
  private static final int MOST_MESSAGES = 500_000;
  private static final int MOST_NUMBERS = 8_000_000;
  private static final int DEEPEST = 32;

  /** The messages that can hold many others, and in which of their fields. */
  private enum Kind {
    LEAF,
    TENSOR,
    ATTRIBUTE,
    NODE,
    GRAPH,
    FUNCTION,
    MODEL;

    private static final Map<Kind, Map<Integer, Kind>> HELD =
        Map.of(
            MODEL, Map.of(7, GRAPH, 25, FUNCTION, 20, LEAF, 14, LEAF, 8, LEAF),
            GRAPH, Map.of(1, NODE, 5, TENSOR, 11, LEAF, 12, LEAF, 13, LEAF, 14, LEAF, 15, LEAF),
            FUNCTION, Map.of(7, NODE),
            NODE, Map.of(5, ATTRIBUTE),
            ATTRIBUTE, Map.of(5, TENSOR, 6, GRAPH, 10, TENSOR, 11, GRAPH),
            TENSOR, Map.of(13, LEAF));
  }

  private int messages;
  private int numbers;

  private OnnxScan() {}

  /**
   * Refuses a model of too many parts or too deep ones.
   *
   * @throws Malformed if there are, or the bytes are no protocol buffer
   */
  static void check(byte[] model) {
    try {
      new OnnxScan().message(CodedInputStream.newInstance(model), Kind.MODEL, 0);
    } catch (IOException e) {
      throw new Malformed("is a damaged ONNX model, or none at all: " + Reason.of(e), e);
    }
  }

  private void message(CodedInputStream in, Kind kind, int depth) throws IOException {
    if (depth > DEEPEST) {
      throw new Malformed("has graphs nested more than " + DEEPEST + " deep");
    }
    Map<Integer, Kind> held = Kind.HELD.getOrDefault(kind, Map.of());
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
        bounded(++messages, MOST_MESSAGES, "parts");
        Kind inner = held.get(WireFormat.getTagFieldNumber(tag));
        int length = in.readRawVarint32();
        if (inner == null || inner == Kind.LEAF) {
          in.skipRawBytes(length);
        } else {
          int outside = in.pushLimit(length);
          message(in, inner, depth + 1);
          in.popLimit(outside);
        }
      } else {
        bounded(++numbers, MOST_NUMBERS, "numbers");
        if (!in.skipField(tag)) {
          throw new Malformed("is a damaged ONNX model: a group ends that never began");
        }
      }
    }
  }

  private static void bounded(int count, int most, String what) {
    if (count > most) {
      throw new Malformed("has more than " + most + " " + what + " in its ONNX graph");
    }
  }
}
