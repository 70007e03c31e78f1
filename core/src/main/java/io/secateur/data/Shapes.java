package io.secateur.data;

import io.secateur.nn.FeatureShape;
import java.util.Arrays;
import java.util.List;

/**
 * The procedural set: ten figures on 32×32 colour images, drawn by rule, so that networks can be
 * trained and repaired without any download. The figure is lighter than the ground, but colours are
 * random and tell nothing about the class; place, size and turn vary; there are gradients, stripes,
 * stray lines, parts of other figures, covered parts and noise. A linear classifier on pixels stays
 * far behind a small convolutional network.
 *
 * <p>An image is a pure function of seed, split and index, the same on every machine. Labels cycle
 * 0 … 9. About 0.1 ms an image.
 */
public final class Shapes {
  /** Default number of images in {@link Split#TRAIN}. */
  public static final int TRAIN_SIZE = 6_000;

  /** Default number of images in {@link Split#TEST}. */
  public static final int TEST_SIZE = 2_000;

  private static final int SIZE = 32;
  private static final FeatureShape SHAPE = new FeatureShape(3, SIZE, SIZE);
  private static final ShapeClass[] CLASSES = ShapeClass.values();
  private static final List<String> CLASS_NAMES =
      Arrays.stream(CLASSES).map(ShapeClass::label).toList();

  // What decides how hard the set is. Lengths in pixels, colours in [0, 1], angles in radians.
  private static final double MIN_RADIUS = 7;
  private static final double MAX_RADIUS = 12;

  /** How far a figure is turned, either way. */
  private static final double MAX_TURN = Math.PI / 6;

  /** How far a figure may reach over the border, as a share of its radius. */
  private static final double MAX_OVERHANG = 0.1;

  /** How much lighter than both colours of the ground the figure is at least. */
  private static final double MIN_CONTRAST = 0.2;

  private static final double MAX_STRIPE_AMPLITUDE = 0.12;
  private static final int MAX_LINES_BEHIND = 2;
  private static final int MAX_PARTS_BEHIND = 2;
  private static final double MIN_PART_RADIUS = 2.5;
  private static final double MAX_PART_RADIUS = 4;
  private static final double LINE_IN_FRONT_PROBABILITY = 0.3;
  private static final double COVER_PROBABILITY = 0.4;

  /** Half-width of the cover, as a share of the figure's radius. */
  private static final double MAX_COVER = 0.4;

  private static final double MAX_NOISE = 0.08;

  private final long seed;

  /** The set numbered {@code seed}; sets of different seeds share rules but no images. */
  public Shapes(long seed) {
    this.seed = seed;
  }

  /** The split in its default size. */
  public ImageSet images(Split split) {
    return images(
        split,
        switch (split) {
          case TRAIN -> TRAIN_SIZE;
          case TEST -> TEST_SIZE;
          case DEFENDER -> DefenderShare.SIZE;
        });
  }

  /**
   * The first {@code size} images of a split; each split has its own endless stream.
   *
   * @throws BadData if that many do not fit the heap
   */
  public ImageSet images(Split split, int size) {
    String name = "shapes:seed=" + seed + "@" + split.label();
    byte[] pixels = ImageSet.room(name, size, SHAPE);
    int[] labels = new int[size];
    for (int i = 0; i < size; i++) {
      labels[i] = i % CLASSES.length;
      draw(CLASSES[labels[i]], SeededDraws.of(seed, split.ordinal(), i), pixels, i * SHAPE.size());
    }
    return new ImageSet(name, SHAPE, CLASS_NAMES, labels, pixels);
  }

  private static void draw(ShapeClass figure, SeededDraws draws, byte[] pixels, int offset) {
    Canvas canvas = new Canvas(SIZE);
    double[] ground = colour(draws);
    double[] otherGround = colour(draws);
    double[] ink = colour(draws);
    while (light(ink) < Math.max(light(ground), light(otherGround)) + MIN_CONTRAST) {
      ground = colour(draws);
      otherGround = colour(draws);
      ink = colour(draws);
    }
    ground(canvas, ground, otherGround, draws);
    for (int lines = draws.below(MAX_LINES_BEHIND + 1); lines > 0; lines--) {
      line(canvas, draws);
    }
    for (int parts = draws.below(MAX_PARTS_BEHIND + 1); parts > 0; parts--) {
      double radius = draws.between(MIN_PART_RADIUS, MAX_PART_RADIUS);
      ShapeClass stray = CLASSES[draws.below(CLASSES.length)];
      place(
          canvas,
          stray,
          draws.between(0, SIZE),
          draws.between(0, SIZE),
          radius,
          colour(draws),
          draws);
    }
    double radius = draws.between(MIN_RADIUS, MAX_RADIUS);
    double margin = radius * (1 - MAX_OVERHANG);
    double x = draws.between(margin, SIZE - margin);
    double y = draws.between(margin, SIZE - margin);
    place(canvas, figure, x, y, radius, ink, draws);
    if (draws.uniform() < LINE_IN_FRONT_PROBABILITY) {
      line(canvas, draws);
    }
    if (draws.uniform() < COVER_PROBABILITY) {
      double cover = radius * draws.between(MAX_COVER / 2, MAX_COVER);
      double coverX = x + draws.between(-radius, radius);
      double coverY = y + draws.between(-radius, radius);
      place(canvas, ShapeClass.SQUARE, coverX, coverY, cover / 0.74, colour(draws), draws);
    }
    canvas.store(pixels, offset, draws.between(0, MAX_NOISE), draws);
  }

  /** A gradient between two colours in a random direction, with stripes in another. */
  private static void ground(Canvas canvas, double[] from, double[] to, SeededDraws draws) {
    double[] along = direction(draws);
    double[] across = direction(draws);
    double amplitude = draws.between(0, MAX_STRIPE_AMPLITUDE);
    double period = draws.between(3, 12);
    double phase = draws.uniform();
    for (int row = 0; row < SIZE; row++) {
      for (int column = 0; column < SIZE; column++) {
        double x = column - (SIZE - 1) / 2.0;
        double y = row - (SIZE - 1) / 2.0;
        double share = Math.max(0, Math.min(1, 0.5 + (along[0] * x + along[1] * y) / SIZE));
        double turns = (across[0] * x + across[1] * y) / period + phase;
        double stripe = amplitude * (4 * Math.abs(turns - Math.floor(turns) - 0.5) - 1);
        for (int c = 0; c < 3; c++) {
          canvas.set(c, row, column, from[c] + share * (to[c] - from[c]) + stripe);
        }
      }
    }
  }

  /** A figure of {@code radius} around (x, y), turned at random. */
  private static void place(
      Canvas canvas,
      ShapeClass figure,
      double x,
      double y,
      double radius,
      double[] colour,
      SeededDraws draws) {
    double angle = draws.between(-MAX_TURN, MAX_TURN);
    double cos = StrictMath.cos(angle) / radius;
    double sin = StrictMath.sin(angle) / radius;
    canvas.paint(
        (px, py) -> {
          double dx = px - x;
          double dy = py - y;
          return figure.contains(cos * dx + sin * dy, cos * dy - sin * dx);
        },
        x,
        y,
        radius * 1.1,
        colour);
  }

  /** A thin straight line through a random point. */
  private static void line(Canvas canvas, SeededDraws draws) {
    double x = draws.between(0, SIZE);
    double y = draws.between(0, SIZE);
    double halfLength = draws.between(4, 14);
    double halfWidth = draws.between(0.4, 1);
    double[] along = direction(draws);
    canvas.paint(
        (px, py) -> {
          double dx = px - x;
          double dy = py - y;
          return Math.abs(along[0] * dx + along[1] * dy) <= halfLength
              && Math.abs(along[0] * dy - along[1] * dx) <= halfWidth;
        },
        x,
        y,
        halfLength + 1,
        colour(draws));
  }

  private static double[] direction(SeededDraws draws) {
    double angle = draws.between(0, 2 * Math.PI);
    return new double[] {StrictMath.cos(angle), StrictMath.sin(angle)};
  }

  private static double[] colour(SeededDraws draws) {
    return new double[] {draws.uniform(), draws.uniform(), draws.uniform()};
  }

  /** Perceived lightness (BT.601). */
  private static double light(double[] rgb) {
    return 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2];
  }
}
