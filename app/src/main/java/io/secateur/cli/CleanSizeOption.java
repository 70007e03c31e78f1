package io.secateur.cli;

import io.secateur.data.ImageSet;
import picocli.CommandLine.Option;

/** {@code --clean-size}: how many clean images the defender has. */
final class CleanSizeOption {
  private static final int LEAST = 20;

  @Option(
      names = "--clean-size",
      paramLabel = "N",
      defaultValue = "500",
      description =
          "How many clean images to use, drawn anew for every seed; where something is chosen by"
              + " them, a fifth is held out (default: ${DEFAULT-VALUE}).")
  private int size;

  /** Refuses too few, before any image is read. */
  void check() {
    if (size < LEAST) {
      throw CommandFailure.usage("--clean-size is " + size + "; expected at least " + LEAST);
    }
  }

  /** How many of {@code images} to use; refuses more than there are. */
  int of(ImageSet images) {
    if (size > images.size()) {
      throw CommandFailure.usage(
          "--clean-size is "
              + size
              + "; expected at most "
              + images.size()
              + ", as many as "
              + images.name()
              + " has");
    }
    return size;
  }
}
