package io.secateur.bench;

import io.secateur.engine.NumberFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What {@link EngineBench} measured.
 *
 * @param engine name and version
 * @param threads of one operation
 * @param network that was run
 */
public record EngineFigures(String engine, int threads, String network, List<Figure> figures) {
  static final String PRODUCT = "matrix product";

  /** Copies the list. */
  public EngineFigures {
    figures = List.copyOf(figures);
  }

  /**
   * One line.
   *
   * @param name matrix product, evaluation, training or environment step
   * @param format float32 or bfloat16; mixed with float32 in training
   * @param seconds of one run, the best
   * @param imagesPerSecond 0 for the matrix product
   * @param gigaflops 10⁹ operations per second
   * @param ratio to the matrix product in the same format
   */
  public record Figure(
      String name,
      String format,
      double seconds,
      double imagesPerSecond,
      double gigaflops,
      double ratio) {}

  static String label(NumberFormat format) {
    return format.name().toLowerCase(Locale.ROOT);
  }

  /** A table for people, line by line. */
  public List<String> table() {
    List<String> lines = new ArrayList<>();
    lines.add(engine + ", " + threads + " threads, " + network);
    lines.add(
        String.format(
            Locale.ROOT, "%-18s%-10s%12s%12s%8s", "", "", "images/s", "GFLOP/s", "ratio"));
    for (Figure f : figures) {
      lines.add(
          String.format(
              Locale.ROOT,
              "%-18s%-10s%12s%12.1f%8.2f",
              f.name(),
              f.format(),
              f.imagesPerSecond() == 0
                  ? ""
                  : String.format(Locale.ROOT, "%.1f", f.imagesPerSecond()),
              f.gigaflops(),
              f.ratio()));
    }
    return lines;
  }
}
