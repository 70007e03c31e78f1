package io.secateur.cli;

import io.secateur.nn.ChannelRanges;
import io.secateur.prune.Compaction;
import io.secateur.report.RepairResult;
import io.secateur.report.RepairResult.Counts;
import java.io.PrintWriter;
import java.util.Locale;

/** What compaction brought, on standard output. */
final class CompactText {
  private CompactText() {}

  static void print(PrintWriter out, RepairResult.Compact compact, Counts parameters, Counts macs) {
    out.printf(Locale.ROOT, "taken out         %d pruned channels%n", compact.removed());
    for (Compaction.Masked masked : compact.masked()) {
      out.printf(
          Locale.ROOT,
          "zeroed only       %s%s: %s%n",
          Shown.text(masked.layer()),
          ChannelRanges.text(masked.channels()),
          Shown.text(masked.reason()));
    }
    line(out, "parameters", parameters);
    line(out, "MACs", macs);
    line(out, "file, bytes", compact.fileBytes());
    out.printf(
        Locale.ROOT,
        "an image          %.3f -> %.3f ms  (%d images at a time; logits differ by %.1e at most)%n",
        1e3 * compact.secondsPerImage().before(),
        1e3 * compact.secondsPerImage().after(),
        compact.images(),
        compact.largestLogitDifference());
  }

  private static void line(PrintWriter out, String name, Counts counts) {
    out.printf(
        Locale.ROOT,
        "%-17s %,d -> %,d  (%.1f %%)%n",
        name,
        counts.before(),
        counts.after(),
        100.0 * counts.after() / counts.before());
  }
}
