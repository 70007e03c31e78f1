package io.secateur.format;

import io.secateur.nn.FeatureShape;
import io.secateur.nn.Layer;
import io.secateur.nn.WeightTensor;
import io.secateur.nn.Window;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Operators that take channels, rows and columns away, join them or put others beside them. */
final class OnnxChannels {
  private static final int MOST_GATHERED = 4096;

  private OnnxChannels() {}

  static OnnxValue concat(OnnxMapping mapping, OnnxNode node) {
    OnnxValue.Feature first = mapping.feature(node, 0);
    if (OnnxFolding.axis(node.integer("axis", 1), first.rank()) != 1) {
      throw new OnnxRefusal("joins along axis " + node.integer("axis", 1) + "; expected 1");
    }
    return OnnxElementwise.joined(mapping, node, new Layer.Concat());
  }

  static OnnxValue gather(OnnxMapping mapping, OnnxNode node) {
    OnnxValue.Feature x = mapping.feature(node, 0);
    WeightTensor indices = mapping.constant(node, 1);
    if (x.rank() == 3 || OnnxFolding.axis(node.integer("axis", 0), x.rank()) != 1) {
      throw new OnnxRefusal("takes slices of another axis than the channels");
    }
    int channels = mapping.shape(x).channels();
    long[] wanted = OnnxFolding.longs(indices);
    if (indices.shape().length > 1 || wanted.length == 0 || wanted.length > MOST_GATHERED) {
      throw new OnnxRefusal("gathers channels by " + indices);
    }
    if (indices.shape().length == 0) {
      if (x.rank() != 4) {
        throw new OnnxRefusal("takes one of flat features");
      }
      int at = OnnxFolding.axis(wanted[0], channels);
      return mapping.add(node, new Layer.ChannelSlice(at, 1), 3, x);
    }
    List<OnnxValue.Feature> runs = new ArrayList<>();
    for (int i = 0; i < wanted.length; ) {
      int start = OnnxFolding.axis(wanted[i], channels);
      int length = 1;
      while (i + length < wanted.length
          && OnnxFolding.axis(wanted[i + length], channels) == start + length) {
        length++;
      }
      i += length;
      Layer run = new Layer.ChannelSlice(start, length);
      if (length == wanted.length) {
        return mapping.add(node, run, x.rank(), x);
      }
      runs.add(mapping.addBefore(node, "from" + start, run, x.rank(), x));
    }
    return mapping.add(node, new Layer.Concat(), x.rank(), runs.toArray(OnnxValue.Feature[]::new));
  }

  static OnnxValue slice(OnnxMapping mapping, OnnxNode node) {
    OnnxValue.Feature x = mapping.feature(node, 0);
    if (x.rank() == 3) {
      throw new OnnxRefusal("slices a value of rank 3");
    }
    for (int i = 1; i < node.inputs().size(); i++) {
      if (node.has(i)) {
        mapping.constant(node, i);
      }
    }
    List<OnnxSlice> slices = OnnxSlice.of(node, mapping.constants(node));
    OnnxSlice[] byAxis = new OnnxSlice[4];
    for (OnnxSlice slice : slices) {
      byAxis[OnnxFolding.axis(slice.axis(), x.rank())] = slice;
    }
    FeatureShape shape = mapping.shape(x);
    if (byAxis[0] != null
        && (byAxis[0].start() != 0
            || byAxis[0].step() != 1
            || byAxis[0].end() != mapping.batch() && byAxis[0].end() < Integer.MAX_VALUE)) {
      throw new OnnxRefusal("takes some of the images");
    }
    int rows = every(byAxis[2], shape.height());
    int columns = every(byAxis[3], shape.width());
    OnnxSlice channels = byAxis[1];
    OnnxValue.Feature result = x;
    if (channels != null
        && (channels.first(shape.channels()) > 0
            || channels.last(shape.channels()) < shape.channels())) {
      int first = channels.first(shape.channels());
      if (channels.step() != 1) {
        throw new OnnxRefusal("takes every " + channels.step() + "th channel");
      }
      Layer part = new Layer.ChannelSlice(first, channels.last(shape.channels()) - first);
      result =
          rows * columns == 1
              ? mapping.add(node, part, x.rank(), x)
              : mapping.addBefore(node, "channels", part, x.rank(), x);
    } else if (channels != null && channels.step() != 1) {
      throw new OnnxRefusal("takes every " + channels.step() + "th channel");
    }
    if (rows * columns == 1) {
      return result;
    }
    // A maximum over single pixels, strided, is what is left where one axis only is thinned out.
    Layer thinned =
        rows == columns
            ? new Layer.Subsample(rows)
            : new Layer.MaxPool(new Window(1, 1, rows, columns, 0, 0, 1, 1));
    return mapping.add(node, thinned, 4, result);
  }

  /** The step of a slice that takes every so-manieth of all rows. */
  private static int every(@Nullable OnnxSlice slice, int extent) {
    if (slice == null) {
      return 1;
    }
    if (slice.first(extent) != 0
        || slice.last(extent) != extent
        || slice.step() < 1
        || slice.step() > extent) {
      throw new OnnxRefusal("cuts rows or columns off");
    }
    return (int) slice.step();
  }

  /** Splits along the channels: what each output is. */
  static List<OnnxValue> split(OnnxMapping mapping, OnnxNode node) {
    OnnxValue.Feature x = mapping.feature(node, 0);
    if (x.rank() == 3 || OnnxFolding.axis(node.integer("axis", 0), x.rank()) != 1) {
      throw new OnnxRefusal("splits another axis than the channels");
    }
    int channels = mapping.shape(x).channels();
    int outputs = node.outputs().size();
    long[] sizes =
        node.has(1) ? OnnxFolding.longs(mapping.constant(node, 1)) : node.integers("split");
    if (sizes == null) {
      sizes = new long[outputs];
      int each = (channels + outputs - 1) / Math.max(1, outputs);
      for (int i = 0; i < outputs; i++) {
        sizes[i] = Math.min(each, channels - (long) i * each);
      }
    }
    List<OnnxValue> parts = new ArrayList<>();
    long start = 0;
    for (int i = 0; i < sizes.length; i++) {
      if (sizes.length != outputs || sizes[i] < 1 || start + sizes[i] > channels) {
        throw new OnnxRefusal("splits " + channels + " channels into " + outputs + " otherwise");
      }
      Layer part = new Layer.ChannelSlice((int) start, (int) sizes[i]);
      parts.add(
          i == 0
              ? mapping.add(node, part, x.rank(), x)
              : mapping.addBefore(node, String.valueOf(i), part, x.rank(), x));
      start += sizes[i];
    }
    return parts;
  }

  static OnnxValue pad(OnnxMapping mapping, OnnxNode node) {
    OnnxValue.Feature x = mapping.feature(node, 0);
    if (x.rank() == 3) {
      throw new OnnxRefusal("pads a value of rank 3");
    }
    if (!node.text("mode", "constant").equals("constant")) {
      throw new OnnxRefusal("pads by " + Malformed.quote(node.text("mode", "")));
    }
    long[] given =
        node.has(1) ? OnnxFolding.longs(mapping.constant(node, 1)) : node.integers("pads");
    double value =
        node.has(2) ? OnnxElementwise.single(mapping.numbers(node, 2)) : node.number("value", 0);
    int[] pads = pads(mapping, node, x, given == null ? new long[0] : given);
    boolean wider = pads[1] + pads[5] > 0;
    boolean larger = pads[2] + pads[3] + pads[6] + pads[7] > 0;
    if (wider && value != 0) {
      throw new OnnxRefusal("puts channels of " + value + " beside the present ones");
    }
    OnnxValue.Feature result = x;
    if (wider) {
      Layer layer = new Layer.ChannelPad(pads[1], pads[5]);
      result =
          larger
              ? mapping.addBefore(node, "channels", layer, x.rank(), x)
              : mapping.add(node, layer, x.rank(), x);
    }
    return larger
        ? mapping.add(
            node, new Layer.SpatialPad(pads[2], pads[6], pads[3], pads[7], value), 4, result)
        : result;
  }

  /** Padding before the axes of [N, C, H, W], then behind them. */
  private static int[] pads(OnnxMapping mapping, OnnxNode node, OnnxValue.Feature x, long[] given) {
    long[] axes = node.has(3) ? OnnxFolding.longs(mapping.constant(node, 3)) : null;
    int count = axes == null ? x.rank() : axes.length;
    if (given.length != 2 * count) {
      throw new OnnxRefusal("pads has " + given.length + " numbers, expected " + 2 * count);
    }
    int[] pads = new int[8];
    for (int i = 0; i < count; i++) {
      int axis = axes == null ? i : OnnxFolding.axis(axes[i], x.rank());
      for (int side = 0; side < 2; side++) {
        long wanted = given[side * count + i];
        if (wanted < 0 || wanted > 1 << 16 || axis == 0 && wanted > 0) {
          throw new OnnxRefusal("pads axis " + axis + " by " + wanted);
        }
        pads[4 * side + axis] = (int) wanted;
      }
    }
    return pads;
  }
}
