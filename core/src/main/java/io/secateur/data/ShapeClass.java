package io.secateur.data;

import java.util.Locale;

/**
 * The ten classes of the procedural set: figures inside the unit circle, y downwards. Label =
 * ordinal.
 */
enum ShapeClass {
  DISC {
    @Override
    boolean contains(double x, double y) {
      return x * x + y * y <= 0.7;
    }
  },
  SQUARE {
    @Override
    boolean contains(double x, double y) {
      return Math.max(Math.abs(x), Math.abs(y)) <= 0.74;
    }
  },
  TRIANGLE {
    @Override
    boolean contains(double x, double y) {
      return y <= 0.5 && SQRT_THREE_QUARTERS * Math.abs(x) - 0.5 * y <= 0.5;
    }
  },
  PLUS {
    @Override
    boolean contains(double x, double y) {
      return Math.min(Math.abs(x), Math.abs(y)) <= 0.27
          && Math.max(Math.abs(x), Math.abs(y)) <= 0.95;
    }
  },
  RING {
    @Override
    boolean contains(double x, double y) {
      double square = x * x + y * y;
      return square >= 0.29 && square <= 0.88;
    }
  },
  STAR {
    @Override
    boolean contains(double x, double y) {
      // Inside a five-pointed star: below at least four of the five lines that join its points.
      int below = 0;
      for (int k = 0; k < 5; k++) {
        below += FIFTH_COS[k] * x + FIFTH_SIN[k] * y <= STAR_INRADIUS ? 1 : 0;
      }
      return below >= 4 && x * x + y * y <= 1.1;
    }
  },
  CRESCENT {
    @Override
    boolean contains(double x, double y) {
      double dx = x - 0.5;
      return x * x + y * y <= 0.9 && dx * dx + y * y >= 0.56;
    }
  },
  HEART {
    @Override
    boolean contains(double x, double y) {
      double u = 1.2 * x;
      double v = 0.12 - 1.2 * y;
      double body = u * u + v * v - 1;
      return body * body * body <= u * u * v * v * v;
    }
  },
  BARS {
    @Override
    boolean contains(double x, double y) {
      return Math.abs(x) <= 0.85 && Math.abs(y) >= 0.2 && Math.abs(y) <= 0.6;
    }
  },
  ARROW {
    @Override
    boolean contains(double x, double y) {
      return x < 0.05 ? x >= -0.95 && Math.abs(y) <= 0.2 : Math.abs(y) <= (0.95 - x) * 0.85;
    }
  };

  private static final double SQRT_THREE_QUARTERS = Math.sqrt(0.75);
  private static final double STAR_INRADIUS = StrictMath.cos(StrictMath.toRadians(72));
  private static final double[] FIFTH_COS = new double[5];
  private static final double[] FIFTH_SIN = new double[5];

  static {
    for (int k = 0; k < 5; k++) {
      FIFTH_COS[k] = StrictMath.cos(StrictMath.toRadians(72 * k));
      FIFTH_SIN[k] = StrictMath.sin(StrictMath.toRadians(72 * k));
    }
  }

  /** Whether the figure covers the point. */
  abstract boolean contains(double x, double y);

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
