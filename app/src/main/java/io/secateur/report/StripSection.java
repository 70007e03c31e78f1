package io.secateur.report;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Every layer as a strip with its pruned channels. */
public record StripSection(String summary, List<Strip> strips) {

  /** A layer: total, pruned, and how wide it is drawn, in percent. */
  public record Strip(
      String name, int total, int pruned, double width, String label, List<Cell> cells) {}

  /** One pruned channel, its place in percent. */
  public record Cell(double left, double width, String tip) {}

  static StripSection of(RepairResult result, Evidence evidence) {
    Map<String, String> reasons = new HashMap<>();
    for (Evidence.Pruned channel : evidence.channels()) {
      reasons.put(channel.layer() + "#" + channel.index(), channel.reason());
    }
    int widest = evidence.layers().stream().mapToInt(Evidence.Layer::channels).max().orElse(1);
    List<Strip> strips = new ArrayList<>();
    for (Evidence.Layer layer : evidence.layers()) {
      int total = layer.channels();
      List<Cell> cells = new ArrayList<>();
      for (int index : layer.pruned()) {
        String reason = reasons.getOrDefault(layer.name() + "#" + index, "");
        cells.add(
            new Cell(
                100.0 * index / total,
                100.0 / total,
                "channel " + index + (reason.isEmpty() ? "" : ": " + reason)));
      }
      // The square root keeps narrow layers visible beside wide ones.
      double width = 100 * Math.sqrt((double) total / widest);
      strips.add(new Strip(layer.name(), total, cells.size(), width, label(layer), cells));
    }
    return new StripSection(summary(result), strips);
  }

  private static String label(Evidence.Layer layer) {
    return layer.name()
        + ": "
        + layer.pruned().size()
        + " of "
        + layer.channels()
        + " channels pruned";
  }

  private static String summary(RepairResult result) {
    RepairResult.Channels channels = result.channels();
    return String.format(
        Locale.ROOT,
        "%d of %d channels pruned; %,d of %,d parameters and %,d of %,d multiply-accumulates remain"
            + " in use.",
        channels.pruned(),
        channels.total(),
        result.parameters().after(),
        result.parameters().before(),
        result.macs().after(),
        result.macs().before());
  }
}
