package io.secateur.examples;

import io.secateur.attack.Attack;
import io.secateur.attack.DirtyLabel;
import io.secateur.attack.Poisoning;
import io.secateur.data.Augmentation;
import io.secateur.data.ImageSet;
import io.secateur.metric.Stamp;
import io.secateur.nn.FeatureShape;
import io.secateur.run.RunContext;
import java.util.Arrays;

/**
 * A white dot of 2 x 2 pixels in the upper left corner of some training images, which get another
 * label.
 *
 * @param labels which images, and what they are called then
 */
public record Dot(DirtyLabel labels) implements Attack {
  private static final int SIDE = 2;

  @Override
  public String name() {
    return "dot";
  }

  /** Neither cropped nor mirrored: the dot would not stay in its corner. */
  @Override
  public Augmentation augmentation() {
    return Augmentation.NONE;
  }

  /** The trigger on images of {@code shape}. */
  public Stamp trigger(FeatureShape shape) {
    byte[] white = new byte[shape.size()];
    Arrays.fill(white, (byte) 255);
    byte[] mask = new byte[shape.height() * shape.width()];
    for (int y = 0; y < SIDE; y++) {
      Arrays.fill(mask, y * shape.width(), y * shape.width() + SIDE, (byte) 255);
    }
    return new Stamp(shape, white, mask);
  }

  @Override
  public Poisoning poison(ImageSet clean, RunContext run) {
    return labels.poison(name(), trigger(clean.shape()), clean, run);
  }
}
