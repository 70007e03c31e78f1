package io.secateur.format;

import io.secateur.nn.FeatureShape;
import io.secateur.nn.Layer;
import io.secateur.nn.WeightTensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Operators that give activations another shape, and nothing else. */
final class OnnxReshaping {
  private OnnxReshaping() {}

  /** The dimensions of a value, the number of images first. */
  static OnnxValue shape(OnnxMapping mapping, OnnxNode node) {
    OnnxValue.Feature x = mapping.feature(node, 0);
    long[] all = dimensions(mapping, x);
    int from = limit(node.integer("start", 0), all.length);
    int to = limit(node.integer("end", all.length), all.length);
    long[] part = Arrays.copyOfRange(all, from, Math.max(from, to));
    return new OnnxValue.Constant(OnnxFolding.integers(new int[] {part.length}, part));
  }

  private static int limit(long at, int rank) {
    return (int) Math.max(0, Math.min(rank, at < 0 ? at + rank : at));
  }

  private static long[] dimensions(OnnxMapping mapping, OnnxValue.Feature x) {
    FeatureShape shape = mapping.shape(x);
    return switch (x.rank()) {
      case 2 -> new long[] {mapping.batch(), shape.channels()};
      case 3 -> new long[] {mapping.batch(), shape.height(), shape.width()};
      default -> new long[] {mapping.batch(), shape.channels(), shape.height(), shape.width()};
    };
  }

  static OnnxValue flatten(OnnxMapping mapping, OnnxNode node) {
    OnnxValue.Feature x = mapping.feature(node, 0);
    int axis = OnnxFolding.axis(node.integer("axis", 1), x.rank());
    if (axis != 1) {
      throw new OnnxRefusal("flattens from axis " + axis + " on; expected 1");
    }
    return flat(mapping, node, x);
  }

  private static OnnxValue flat(OnnxMapping mapping, OnnxNode node, OnnxValue.Feature x) {
    return x.rank() == 2 ? x : mapping.add(node, new Layer.Flatten(), 2, x);
  }

  static OnnxValue reshape(OnnxMapping mapping, OnnxNode node) {
    long[] target = OnnxFolding.longs(mapping.constant(node, 1));
    boolean literal = node.flag("allowzero", false);
    OnnxValue value = mapping.value(node, 0);
    OnnxValue.Grouped grouped = value instanceof OnnxValue.Grouped g ? g : null;
    OnnxValue.Feature x = grouped == null ? mapping.feature(node, 0) : grouped.source();
    FeatureShape shape = mapping.shape(x);
    if (x.rank() == 3) {
      throw new OnnxRefusal("reshapes a value of rank 3");
    }
    long[] now = dimensions(mapping, x);
    long[] wanted = resolved(mapping, target, grouped == null && !literal ? now : null, shape);
    if (grouped != null) {
      if (Arrays.equals(wanted, tail(now))) {
        return grouped.swapped()
            ? mapping.add(node, new Layer.ChannelShuffle(grouped.groups()), 4, x)
            : x;
      }
    } else if (Arrays.equals(wanted, tail(now))) {
      return x;
    } else if (wanted.length == 1) {
      return flat(mapping, node, x);
    } else if (wanted.length == 3 && x.rank() == 2) {
      Layer layer = new Layer.Unflatten((int) wanted[0], (int) wanted[1], (int) wanted[2]);
      return mapping.add(node, layer, 4, x);
    } else if (wanted.length == 4
        && x.rank() == 4
        && wanted[2] == shape.height()
        && wanted[3] == shape.width()) {
      return new OnnxValue.Grouped(x, (int) wanted[0], false);
    }
    throw new OnnxRefusal(
        "reshapes " + shape + " to " + Arrays.toString(wanted) + " (for one image)");
  }

  private static long[] tail(long[] dimensions) {
    return Arrays.copyOfRange(dimensions, 1, dimensions.length);
  }

  /** The wanted shape of one image, with its open extent computed. */
  private static long[] resolved(
      OnnxMapping mapping, long[] target, long @Nullable [] copied, FeatureShape shape) {
    if (target.length < 2 || target.length > 5) {
      throw new OnnxRefusal("reshapes to " + target.length + " dimensions");
    }
    long size = shape.size();
    long[] wanted = tail(target);
    long known = 1;
    int open = -1;
    for (int d = 0; d < wanted.length; d++) {
      if (wanted[d] == 0 && copied != null && d + 1 < copied.length) {
        wanted[d] = copied[d + 1];
      }
      if (wanted[d] == -1 && open < 0) {
        open = d;
      } else if (wanted[d] < 1 || wanted[d] > size) {
        throw new OnnxRefusal("reshapes to an extent that is not known, or not positive");
      } else {
        known = Math.multiplyExact(known, wanted[d]);
      }
    }
    boolean images =
        target[0] == OnnxValue.BATCH
            || target[0] == mapping.batch()
            || target[0] == 0 && copied != null
            || target[0] == 0
            || target[0] == -1 && open < 0;
    if (!images || (open < 0 ? known != size : size % known != 0)) {
      throw new OnnxRefusal("mixes images with one another, or changes how many values there are");
    }
    if (open >= 0) {
      wanted[open] = size / known;
    }
    return wanted;
  }

  static OnnxValue transpose(OnnxMapping mapping, OnnxNode node) {
    long[] perm = node.integers("perm");
    if (perm == null) {
      throw new OnnxRefusal("turns all axes around");
    }
    if (mapping.value(node, 0) instanceof OnnxValue.Grouped grouped) {
      if (Arrays.equals(perm, new long[] {0, 2, 1, 3, 4}) && !grouped.swapped()) {
        return new OnnxValue.Grouped(grouped.source(), grouped.groups(), true);
      }
      throw new OnnxRefusal("permutes grouped channels by " + Arrays.toString(perm));
    }
    OnnxValue.Feature x = mapping.feature(node, 0);
    for (int d = 0; d < perm.length; d++) {
      if (perm[d] != d || perm.length != x.rank()) {
        throw new OnnxRefusal("permutes axes by " + Arrays.toString(perm));
      }
    }
    return x;
  }

  static OnnxValue squeeze(OnnxMapping mapping, OnnxNode node) {
    OnnxValue.Feature x = mapping.feature(node, 0, 4);
    boolean[] gone = marked(axes(mapping, node), 4);
    FeatureShape shape = mapping.shape(x);
    if (gone[0] || gone[1] || !gone[2] || !gone[3] || shape.height() != 1 || shape.width() != 1) {
      throw new OnnxRefusal("removes other axes than height and width of one pixel");
    }
    return mapping.add(node, new Layer.Flatten(), 2, x);
  }

  static OnnxValue unsqueeze(OnnxMapping mapping, OnnxNode node) {
    OnnxValue.Feature x = mapping.feature(node, 0);
    boolean[] added = marked(axes(mapping, node), 4);
    if (x.rank() == 3 && Arrays.equals(added, new boolean[] {false, true, false, false})) {
      return new OnnxValue.Feature(x.node(), 4);
    }
    if (x.rank() == 2 && Arrays.equals(added, new boolean[] {false, false, true, true})) {
      return mapping.add(node, new Layer.Unflatten(mapping.shape(x).channels(), 1, 1), 4, x);
    }
    throw new OnnxRefusal("adds axes to a value of rank " + x.rank());
  }

  private static long[] axes(OnnxMapping mapping, OnnxNode node) {
    long[] axes =
        node.has(1) ? OnnxFolding.longs(mapping.constant(node, 1)) : node.integers("axes");
    if (axes == null) {
      throw new OnnxRefusal("has no axes");
    }
    return axes;
  }

  private static boolean[] marked(long[] axes, int rank) {
    boolean[] marked = new boolean[rank];
    for (long axis : axes) {
      marked[OnnxFolding.axis(axis, rank)] = true;
    }
    return marked;
  }

  /** The mean over height and width. */
  static OnnxValue mean(OnnxMapping mapping, OnnxNode node) {
    OnnxValue.Feature x = mapping.feature(node, 0, 4);
    boolean[] gone = marked(axes(mapping, node), 4);
    if (gone[0] || gone[1] || !gone[2] || !gone[3]) {
      throw new OnnxRefusal("averages over other axes than height and width");
    }
    Layer pool = new Layer.GlobalAveragePool();
    if (node.flag("keepdims", true)) {
      return mapping.add(node, pool, 4, x);
    }
    OnnxValue.Feature mean = mapping.addBefore(node, "pool", pool, 4, x);
    return mapping.add(node, new Layer.Flatten(), 2, mean);
  }

  /** A bilinear enlargement by a whole factor. */
  static OnnxValue resize(OnnxMapping mapping, OnnxNode node) {
    OnnxValue.Feature x = mapping.feature(node, 0, 4);
    FeatureShape shape = mapping.shape(x);
    String where = node.text("coordinate_transformation_mode", "half_pixel");
    boolean halves = where.equals("half_pixel") || where.equals("pytorch_half_pixel");
    if (!node.text("mode", "nearest").equals("linear")
        || !halves
        || node.has(1) && !empty(mapping, node)) {
      throw new OnnxRefusal("resizes otherwise than linearly between the centres of pixels");
    }
    double rows = 0;
    double columns = 0;
    if (node.has(3)) {
      long[] sizes = OnnxFolding.longs(mapping.constant(node, 3));
      if (sizes.length == 4 && sizes[1] == shape.channels()) {
        rows = (double) sizes[2] / shape.height();
        columns = (double) sizes[3] / shape.width();
      }
    } else {
      WeightTensor scales = mapping.numbers(node, 2);
      if (scales.size() == 4 && scales.at(0) == 1 && scales.at(1) == 1) {
        rows = scales.at(2);
        columns = scales.at(3);
      }
    }
    if (rows != columns || rows < 1 || rows != Math.rint(rows) || rows > 1024) {
      throw new OnnxRefusal("resizes by no whole factor");
    }
    return mapping.add(node, new Layer.Upsample((int) rows), 4, x);
  }

  private static boolean empty(OnnxMapping mapping, OnnxNode node) {
    return mapping.constant(node, 1).size() == 0;
  }
}
