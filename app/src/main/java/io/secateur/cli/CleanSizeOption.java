package io.secateur.cli;

import io.secateur.data.BadData;
import io.secateur.data.ImageSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --clean-size}: how many clean images the defender has. */
final class CleanSizeOption {
  private static final int LEAST = 20;
  private static final int STANDARD = 500;

  @Option(
      names = "--clean-size",
      paramLabel = "N",
      description =
          "How many clean images to use, drawn anew for every seed; where something is chosen by"
              + " them, a fifth is held out (default: 500, or all if there are fewer).")
  private @Nullable Integer size;

  /** Refuses too few, before any image is read. */
  void check() {
    if (size != null && size < LEAST) {
      throw CommandFailure.usage("--clean-size is " + size + "; expected at least " + LEAST);
    }
  }

  /** How many of {@code images} to use; refuses more than there are. */
  int of(ImageSet images) {
    int there = images.size();
    if (size != null && size > there) {
      throw CommandFailure.usage(
          "--clean-size is "
              + size
              + "; expected at most "
              + there
              + ", as many as "
              + images.name()
              + " has");
    }
    if (there < LEAST) {
      throw new BadData(images.name(), "holds " + there + " images", "at least " + LEAST);
    }
    return size == null ? Math.min(STANDARD, there) : size;
  }
}
