package io.secateur.format;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.secateur.nn.FeatureShape;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The image input of a graph.
 *
 * @param batch how many images it takes at once, {@link OnnxValue#BATCH} for any number
 */
record OnnxImage(String name, FeatureShape shape, long batch) {
  private static final int FLOAT = 1;
  private static final Set<Integer> SIXTEEN_BITS = Set.of(10, 16);
  private static final int MOST_CHANNELS = 4096;
  private static final int LONGEST_SIDE = 1 << 14;

  /** Values of all images that the graph takes at once: 256 MB. */
  private static final long MOST_VALUES = 1L << 26;

  /** The one input of {@code graph} that is no weight. */
  static OnnxImage of(GraphProto graph, Set<String> initialisers, Optional<FeatureShape> images) {
    List<ValueInfoProto> inputs =
        graph.getInputList().stream().filter(i -> !initialisers.contains(i.getName())).toList();
    if (inputs.size() != 1) {
      throw new Malformed("has " + inputs.size() + " inputs, expected one: images");
    }
    ValueInfoProto input = inputs.get(0);
    String who = "input " + Malformed.quote(input.getName());
    TypeProto.Tensor type = input.getType().getTensorType();
    if (type.getElemType() != FLOAT) {
      throw new Malformed(
          who
              + " has ONNX data type "
              + type.getElemType()
              + (SIXTEEN_BITS.contains(type.getElemType()) ? " (16-bit floats)" : "")
              + ", expected 1 (32-bit floats)");
    }
    List<Dimension> dims = type.getShape().getDimList();
    if (dims.size() != 4) {
      throw new Malformed(
          who + " has " + dims.size() + " dimensions, expected images, channels, height and width");
    }
    long channels = dims.get(1).getDimValue();
    if (channels < 1 || channels > MOST_CHANNELS) {
      throw new Malformed(who + " has " + channels + " channels, expected 1 to " + MOST_CHANNELS);
    }
    int height = side(who, dims.get(2), images.map(FeatureShape::height));
    int width = side(who, dims.get(3), images.map(FeatureShape::width));
    long batch = dims.get(0).getDimValue();
    if (batch < 0 || batch > LONGEST_SIDE) {
      throw new Malformed(who + " takes " + batch + " images at once");
    }
    long values = Math.max(1, batch) * channels * height * width;
    if (values > MOST_VALUES) {
      throw new Malformed(
          who + " takes " + values + " values at once, expected at most " + MOST_VALUES);
    }
    return new OnnxImage(
        input.getName(),
        new FeatureShape((int) channels, height, width),
        batch == 0 ? OnnxValue.BATCH : batch);
  }

  private static int side(String who, Dimension dimension, Optional<Integer> images) {
    long given = dimension.getDimValue();
    if (given == 0 && images.isPresent()) {
      return images.get();
    }
    if (given < 1 || given > LONGEST_SIDE) {
      throw new Malformed(
          who
              + (given == 0
                  ? " takes images of any size; say which (--input CxHxW)"
                  : " has a side of " + given + " pixels, expected 1 to " + LONGEST_SIDE));
    }
    return (int) given;
  }
}
