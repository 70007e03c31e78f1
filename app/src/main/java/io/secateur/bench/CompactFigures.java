package io.secateur.bench;

import io.secateur.report.RepairResult.Counts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What {@link CompactBench} measured: before, all pruned channels are zeroed; after, they are gone.
 *
 * @param engine name and version
 * @param threads of one operation
 * @param network that was pruned
 * @param share of the prunable groups of each layer that were pruned
 * @param seed of their draw
 * @param groups that could be pruned, and those that were left
 * @param batch images of one evaluation
 * @param fileBytes as safetensors
 * @param largestLogitDifference between the two networks, on one batch of random images
 */
public record CompactFigures(
    String engine,
    int threads,
    String network,
    double share,
    long seed,
    Counts groups,
    Counts parameters,
    Counts macs,
    Counts fileBytes,
    int batch,
    double largestLogitDifference,
    List<Timing> timings) {
  /** Copies the list. */
  public CompactFigures {
    timings = List.copyOf(timings);
  }

  /**
   * Seconds an image, the best of several runs in turns.
   *
   * @param ratio of after to before
   */
  public record Timing(String format, double secondsBefore, double secondsAfter, double ratio) {}

  /** A table for people, line by line. */
  public List<String> table() {
    List<String> lines = new ArrayList<>();
    lines.add(engine + ", " + threads + " threads, " + network);
    lines.add(counts("prunable groups", groups));
    lines.add(counts("parameters", parameters));
    lines.add(counts("MACs", macs));
    lines.add(counts("file, bytes", fileBytes));
    for (Timing timing : timings) {
      lines.add(
          String.format(
              Locale.ROOT,
              "%-22s%18.3f%18.3f%8.2f",
              "ms an image, " + timing.format(),
              1e3 * timing.secondsBefore(),
              1e3 * timing.secondsAfter(),
              timing.ratio()));
    }
    lines.add(String.format(Locale.ROOT, "logits differ by %.1e at most", largestLogitDifference));
    return lines;
  }

  private static String counts(String name, Counts counts) {
    return String.format(
        Locale.ROOT,
        "%-22s%,18d%,18d%8.2f",
        name,
        counts.before(),
        counts.after(),
        (double) counts.after() / counts.before());
  }
}
