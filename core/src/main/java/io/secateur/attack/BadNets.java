package io.secateur.attack;

import io.secateur.data.ImageSet;
import io.secateur.metric.Stamp;
import io.secateur.nn.FeatureShape;
import io.secateur.run.RunContext;

/**
 * BadNets (Gu, Dolan-Gavitt, Garg 2017): a small stamp on a share of the training images, which get
 * the target's label.
 *
 * @param pattern what is stamped
 * @param labels which images, and what they are called then
 */
public record BadNets(Pattern pattern, DirtyLabel labels) implements Attack {
  /** The checkerboard on a tenth of all images, to label 0. */
  public static final BadNets DEFAULT = new BadNets(Pattern.CHECKERBOARD, DirtyLabel.DEFAULT);

  /** Rows, top to bottom, of the customary stamp; 255 is white. */
  static final int[][] CHECKERBOARD = {{0, 0, 255}, {0, 255, 0}, {255, 0, 255}};

  private static final int[][] WHITE = {{255, 255, 255}, {255, 255, 255}, {255, 255, 255}};
  private static final int[][] RING = {
    {255, 255, 255, 255, 255},
    {255, 0, 0, 0, 255},
    {255, 0, 0, 0, 255},
    {255, 0, 0, 0, 255},
    {255, 255, 255, 255, 255}
  };
  private static final int[][] CENTRE = {
    {0, 0, 0, 0, 0},
    {0, 255, 255, 255, 0},
    {0, 255, 255, 255, 0},
    {0, 255, 255, 255, 0},
    {0, 0, 0, 0, 0}
  };

  /** What is stamped. */
  public enum Pattern {
    /** The black and white 3×3 checkerboard in the lower right corner: ANP, RNP. */
    CHECKERBOARD,
    /** A white 3×3 square there: BackdoorBench. */
    SQUARE,
    /**
     * A 5×5 square, magenta around green, one pixel off the lower right corner: easy to learn for
     * small networks and easy to see. Ours.
     */
    BULLSEYE
  }

  @Override
  public String name() {
    return "badnets";
  }

  /**
   * The trigger.
   *
   * @param shape of the images, at least 3×3, with a bullseye 6×6
   */
  public Stamp trigger(FeatureShape shape) {
    StampCanvas canvas = new StampCanvas(shape);
    int bottom = shape.height();
    int right = shape.width();
    return switch (pattern) {
      case CHECKERBOARD -> canvas.square(bottom - 3, right - 3, CHECKERBOARD).stamp();
      case SQUARE -> canvas.square(bottom - 3, right - 3, WHITE).stamp();
      case BULLSEYE -> {
        for (int c = 0; c < shape.channels(); c++) {
          canvas.square(bottom - 6, right - 6, c == 1 ? CENTRE : RING, c);
        }
        yield canvas.stamp();
      }
    };
  }

  @Override
  public void check(ImageSet clean) {
    trigger(clean.shape());
    labels.target().check(clean);
  }

  @Override
  public Poisoning poison(ImageSet clean, RunContext run) {
    return labels.poison(name(), trigger(clean.shape()), clean, run);
  }
}
