package io.secateur.trigger;

import io.secateur.data.ImageSet;
import io.secateur.nn.ArchitectureBuilder;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Layer;
import io.secateur.nn.Network;
import io.secateur.nn.Preprocessing;
import io.secateur.nn.WeightTensor;
import io.secateur.nn.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A linear classifier of 8 x 8 images by which row is bright, and the same one infected by hand:
 * the logit of one class also rises steeply with the brightness of the 2 x 2 corner at the bottom
 * right. Its smallest trigger is about 1.6 white pixels there; that of any other class is its own
 * row, about 7 pixels.
 */
final class Planted {
  static final int SIDE = 8;
  private static final float CORNER_WEIGHT = 4;

  private Planted() {}

  static boolean corner(int pixel) {
    return pixel / SIDE >= SIDE - 2 && pixel % SIDE >= SIDE - 2;
  }

  static Network clean(int classes) {
    return network(classes, -1);
  }

  static Network infected(int classes, int target) {
    return network(classes, target);
  }

  private static Network network(int classes, int target) {
    ArchitectureBuilder builder = new ArchitectureBuilder("rows", new FeatureShape(3, SIDE, SIDE));
    builder.linear("fc", builder.add("flat", new Layer.Flatten(), builder.input()), classes);
    int pixels = SIDE * SIDE;
    float[] weight = new float[classes * 3 * pixels];
    for (int k = 0; k < classes; k++) {
      for (int i = 0; i < 3 * pixels; i++) {
        boolean own = i % pixels / SIDE == k;
        boolean planted = k == target && corner(i % pixels);
        weight[k * 3 * pixels + i] = planted ? CORNER_WEIGHT : own ? 1 : 0;
      }
    }
    Weights weights =
        Weights.of(
            Map.of(
                "fc.weight",
                WeightTensor.ofFloats(new int[] {classes, 3 * pixels}, weight),
                "fc.bias",
                WeightTensor.ofFloats(new int[] {classes}, new float[classes])));
    return new Network(builder.build(), weights, Preprocessing.UNIT);
  }

  /** Images of {@code classes} rows, dark but for their own row, which is at 0.7 to 0.9. */
  static ImageSet images(int classes, int each, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int size = 3 * SIDE * SIDE;
    byte[] pixels = new byte[classes * each * size];
    int[] labels = new int[classes * each];
    List<String> names = new ArrayList<>();
    for (int k = 0; k < classes; k++) {
      names.add("row " + k);
    }
    for (int n = 0; n < labels.length; n++) {
      labels[n] = n % classes;
      for (int i = 0; i < size; i++) {
        boolean bright = i % (SIDE * SIDE) / SIDE == labels[n];
        pixels[n * size + i] = (byte) (bright ? 179 + random.nextInt(51) : random.nextInt(26));
      }
    }
    return ImageSet.of("rows", new FeatureShape(3, SIDE, SIDE), names, labels, pixels);
  }
}
