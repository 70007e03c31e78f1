package io.secateur.attack;

import io.secateur.data.ImageSet;
import io.secateur.metric.Add;
import io.secateur.nn.FeatureShape;
import io.secateur.run.RunContext;

/**
 * The Trojan attack as the defences NAD, ABL and RNP test with: a fixed 3×3 patch of the TrojanNN
 * line, added to the image at rows and columns 25 to 27 of 32 (bboylyg/RNP,
 * best_square_trigger_cifar10.npz). Their code adds bytes that wrap around; networks that were
 * published with it need {@link Add.Overflow#WRAP}. Clipped sums are what the attack means, and the
 * default here.
 *
 * <p>On images of other sizes the patch keeps its distance from the lower right corner. For the
 * attack that makes its own trigger see {@link TrojanNN}.
 *
 * @param overflow what becomes of sums above 255
 * @param labels which images, and what they are called then
 */
public record Trojan(Add.Overflow overflow, DirtyLabel labels) implements Attack {
  /** Clipped, on a tenth of all images, to label 0. */
  public static final Trojan DEFAULT = new Trojan(Add.Overflow.CLIP, DirtyLabel.DEFAULT);

  /** Rows of the patch in red, green, blue, its fractions cut off as the cast to bytes does. */
  private static final int[][][] PATCH = {
    {{207, 175, 29}, {79, 137, 248}, {131, 6, 246}},
    {{131, 243, 232}, {8, 0, 113}, {40, 145, 250}},
    {{181, 120, 179}, {126, 32, 146}, {4, 61, 246}}
  };

  /** From the lower right corner to the patch's upper left one, in pixels. */
  private static final int FROM_CORNER = 7;

  @Override
  public String name() {
    return "trojan";
  }

  /**
   * The trigger.
   *
   * @param shape of the images: three channels, at least 7×7
   */
  public Add trigger(FeatureShape shape) {
    int top = shape.height() - FROM_CORNER;
    int left = shape.width() - FROM_CORNER;
    if (shape.channels() != PATCH.length || top < 0 || left < 0) {
      throw new IllegalArgumentException(
          "the patch is for colour images of at least 7x7 pixels, got " + shape);
    }
    byte[] image = new byte[shape.size()];
    for (int c = 0; c < PATCH.length; c++) {
      for (int row = 0; row < PATCH[c].length; row++) {
        for (int column = 0; column < PATCH[c][row].length; column++) {
          int position = (c * shape.height() + top + row) * shape.width() + left + column;
          image[position] = (byte) PATCH[c][row][column];
        }
      }
    }
    return new Add(shape, image, 0, overflow);
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
