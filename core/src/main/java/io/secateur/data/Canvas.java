package io.secateur.data;

/** A small colour picture that regions are painted on, anti-aliased. */
final class Canvas {
  /** Sub-samples a pixel and side. */
  private static final int SUPERSAMPLING = 3;

  private final int size;
  private final double[] values;

  /** A set of points of the picture's plane; pixel (i, j) covers [j, j + 1) × [i, i + 1). */
  interface Region {
    boolean contains(double x, double y);
  }

  /** A black square picture of {@code size} pixels a side. */
  Canvas(int size) {
    this.size = size;
    this.values = new double[3 * size * size];
  }

  /** Sets one pixel's channel. */
  void set(int channel, int row, int column, double value) {
    values[(channel * size + row) * size + column] = value;
  }

  /**
   * Paints the part of {@code region} that lies in the square around (x, y) with half-width {@code
   * reach}.
   */
  void paint(Region region, double x, double y, double reach, double[] rgb) {
    int top = Math.max(0, (int) Math.floor(y - reach));
    int bottom = Math.min(size - 1, (int) Math.floor(y + reach));
    int left = Math.max(0, (int) Math.floor(x - reach));
    int right = Math.min(size - 1, (int) Math.floor(x + reach));
    for (int i = top; i <= bottom; i++) {
      for (int j = left; j <= right; j++) {
        int hits = 0;
        for (int s = 0; s < SUPERSAMPLING * SUPERSAMPLING; s++) {
          double px = j + (s % SUPERSAMPLING + 0.5) / SUPERSAMPLING;
          double py = i + (s / SUPERSAMPLING + 0.5) / SUPERSAMPLING;
          hits += region.contains(px, py) ? 1 : 0;
        }
        double share = hits / (double) (SUPERSAMPLING * SUPERSAMPLING);
        for (int c = 0; c < 3 && hits > 0; c++) {
          int at = (c * size + i) * size + j;
          values[at] += share * (rgb[c] - values[at]);
        }
      }
    }
  }

  /**
   * Adds noise to every value, limits to [0, 1] and writes 8-bit values [3, size, size] at {@code
   * offset}.
   */
  void store(byte[] target, int offset, double noise, SeededDraws draws) {
    for (int i = 0; i < values.length; i++) {
      double value = values[i] + noise * draws.nearlyNormal();
      target[offset + i] = (byte) (int) (Math.max(0, Math.min(1, value)) * 255 + 0.5);
    }
  }
}
