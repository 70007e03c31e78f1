package io.secateur.cli;

import io.secateur.data.BadData;
import io.secateur.data.DataSpec;
import io.secateur.data.Split;

/** Data named on the command line. */
final class DataOption {
  static final String FORM =
      "cifar10:DIR, tiny-imagenet:DIR|ZIP, folder:DIR or shapes:, each but folder with @train,"
          + " @test or @defender, and folder with @SIDE or @SHORTER/SIDE to scale its images and"
          + " cut out their centre";

  private DataOption() {}

  /** Reads a specification; what it names is not touched yet. */
  static DataSpec parse(String option, String text, Split fallback) {
    try {
      return DataSpec.parse(text, fallback);
    } catch (BadData e) {
      throw CommandFailure.usage(option + ": " + e.getMessage());
    }
  }
}
