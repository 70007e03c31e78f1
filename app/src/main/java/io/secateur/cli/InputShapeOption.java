package io.secateur.cli;

import io.secateur.nn.FeatureShape;
import picocli.CommandLine.Option;

/** The shape of the images, for commands that read none. */
final class InputShapeOption {
  @Option(
      names = "--input",
      paramLabel = "CxHxW",
      defaultValue = "3x32x32",
      description =
          "Shape of the images, where the file does not tell (default: ${DEFAULT-VALUE}).")
  private String input = "";

  FeatureShape shape() {
    String[] parts = input.split("x", -1);
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
        "--input is '" + input + "'; expected channels x rows x columns such as 3x32x32");
  }
}
