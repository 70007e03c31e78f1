package io.secateur.attack;

import io.secateur.data.ImageSet;
import io.secateur.metric.GroundTruth;
import io.secateur.metric.TrueTrigger;
import io.secateur.nn.FeatureShape;
import io.secateur.run.SeedTree;
import io.secateur.train.BatchSource;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * BadNets (Gu, Dolan-Gavitt, Garg 2017): a share of the training images, drawn from all classes,
 * gets a small stamp and the target's label. The stamp is in the data set, so augmentation crops
 * and mirrors it with its image; it is measured where it was put.
 *
 * @param trigger the stamp
 * @param target label that stamped images get
 * @param rate share of the training images that are stamped, in (0, 1]
 */
public record BadNets(TrueTrigger trigger, int target, double rate) implements Attack {
  /** Rows, top to bottom, of the customary stamp; 255 is white. */
  private static final int[][] CHECKERBOARD = {{0, 0, 255}, {0, 255, 0}, {255, 0, 255}};

  /** Rejects other triggers than stamps and a rate outside (0, 1]. */
  public BadNets {
    if (trigger.kind() != TrueTrigger.Kind.STAMP) {
      throw new IllegalArgumentException("the trigger is " + trigger + ", not a stamp");
    }
    if (!(rate > 0 && rate <= 1)) {
      throw new IllegalArgumentException("rate must be in (0, 1], got " + rate);
    }
    if (target < 0) {
      throw new IllegalArgumentException("target must be a label, got " + target);
    }
  }

  /**
   * The black and white 3×3 checkerboard in the lower right corner that ANP and RNP are published
   * with.
   *
   * @param shape of the images, at least 3×3
   */
  public static BadNets checkerboard(FeatureShape shape, int target, double rate) {
    return square(shape, 3, 0, (c, row, column) -> CHECKERBOARD[row][column] == 255, target, rate);
  }

  /**
   * A 5×5 square, magenta around green, one pixel off the lower right corner: easy to learn for
   * small networks and easy to see.
   *
   * @param shape of the images, at least 6×6
   */
  public static BadNets bullseye(FeatureShape shape, int target, double rate) {
    return square(
        shape,
        5,
        1,
        (c, row, column) -> (c == 1) == (row > 0 && row < 4 && column > 0 && column < 4),
        target,
        rate);
  }

  /** Whether a stamp is bright in a channel at a place. */
  private interface Pattern {
    boolean bright(int channel, int row, int column);
  }

  private static BadNets square(
      FeatureShape shape, int side, int margin, Pattern pattern, int target, double rate) {
    int top = shape.height() - margin - side;
    int left = shape.width() - margin - side;
    if (top < 0 || left < 0) {
      throw new IllegalArgumentException(
          "no room for a stamp of " + side + " pixels on images of " + shape);
    }
    byte[] image = new byte[shape.size()];
    byte[] mask = new byte[shape.height() * shape.width()];
    for (int row = 0; row < side; row++) {
      for (int column = 0; column < side; column++) {
        int position = (top + row) * shape.width() + left + column;
        mask[position] = (byte) 255;
        for (int c = 0; c < shape.channels(); c++) {
          image[c * mask.length + position] = (byte) (pattern.bright(c, row, column) ? 255 : 0);
        }
      }
    }
    return new BadNets(TrueTrigger.stamp(shape, image, mask), target, rate);
  }

  @Override
  public String name() {
    return "badnets";
  }

  @Override
  public Poisoning poison(ImageSet clean, SeedTree seeds) {
    int[] chosen = chosen(clean, seeds);
    return new Poisoning(
        BatchSource.of(stamped(clean, chosen)),
        new GroundTruth(name(), target, trigger),
        chosen.length);
  }

  /** Images to stamp: {@code rate} of all, at least one, without repetition. */
  private int[] chosen(ImageSet clean, SeedTree seeds) {
    RandomGenerator random = seeds.random("chosen");
    int[] order = clean.indices();
    int count = Math.max(1, (int) Math.round(rate * order.length));
    for (int i = 0; i < count; i++) {
      int j = random.nextInt(i, order.length);
      int swap = order[i];
      order[i] = order[j];
      order[j] = swap;
    }
    return Arrays.copyOf(order, count);
  }

  private ImageSet stamped(ImageSet clean, int[] chosen) {
    FeatureShape shape = clean.shape();
    if (!shape.equals(trigger.shape()) || target >= clean.classes()) {
      throw new IllegalArgumentException(
          "target " + target + " and a trigger on " + trigger.shape() + " do not fit " + clean);
    }
    int[] labels = clean.labels();
    byte[] pixels = new byte[Math.multiplyExact(clean.size(), shape.size())];
    for (int i = 0; i < clean.size(); i++) {
      System.arraycopy(clean.pixels(i), 0, pixels, i * shape.size(), shape.size());
    }
    float[] triggered = trigger.on(clean.floats(chosen));
    for (int k = 0; k < chosen.length; k++) {
      labels[chosen[k]] = target;
      for (int j = 0; j < shape.size(); j++) {
        pixels[chosen[k] * shape.size() + j] =
            (byte) Math.round(255 * triggered[k * shape.size() + j]);
      }
    }
    return ImageSet.of(clean.name() + "+badnets", shape, clean.classNames(), labels, pixels);
  }
}
