package io.secateur.cli;

import io.secateur.nn.FeatureShape;

/** The shape of images as people write it. */
final class ImageShape {
  private ImageShape() {}

  /**
   * Reads channels x rows x columns.
   *
   * @throws CommandFailure naming {@code option} and what would be accepted
   */
  static FeatureShape parse(String option, String text) {
    String[] parts = text.split("x", -1);
    try {
      if (parts.length == 3) {
        FeatureShape shape =
            new FeatureShape(
                Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
        if (shape.channels() <= 64 && shape.height() <= 4096 && shape.width() <= 4096) {
          return shape;
        }
      }
    } catch (IllegalArgumentException e) {
      // Refused below, in the words of the option.
    }
    throw CommandFailure.usage(
        option + " is '" + text + "'; expected channels x rows x columns such as 3x32x32");
  }
}
