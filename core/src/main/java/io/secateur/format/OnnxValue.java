package io.secateur.format;

import io.secateur.nn.Layer;
import io.secateur.nn.WeightTensor;

/** What a name in an ONNX graph stands for while the graph is mapped. */
sealed interface OnnxValue {
  /** Stands for the number of images in shapes. */
  long BATCH = Long.MIN_VALUE + 0xBA7C4;

  /** Numbers known without an image; what {@link #BATCH} may stand among if they are integers. */
  record Constant(WeightTensor tensor) implements OnnxValue {}

  /**
   * The output of a layer.
   *
   * @param rank 4 for [N, C, H, W], 2 for [N, C], 3 for one channel without its axis [N, H, W]
   */
  record Feature(String node, int rank) implements OnnxValue {}

  /**
   * A layer that is added when it is read, unless what reads it makes one layer of both.
   *
   * @param source what the layer reads
   * @param by the node that it comes from
   */
  record Pending(Layer layer, Feature source, OnnxNode by) implements OnnxValue {}

  /** A product of {@code source} with a constant matrix, to which a bias may be added. */
  record Product(Feature source, OnnxNode by, WeightTensor matrix) implements OnnxValue {}

  /** Channels seen as [N, groups, C / groups, H, W], or with these two axes swapped. */
  record Grouped(Feature source, int groups, boolean swapped) implements OnnxValue {}

  /** What a refused node would yield. */
  record Unknown() implements OnnxValue {}
}
