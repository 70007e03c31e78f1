package io.secateur.metric;

import io.secateur.data.ImageSet;
import io.secateur.nn.Network;
import java.io.IOException;
import java.util.Arrays;

/** Whether a network that was written and read back still computes the same. */
public final class LogitComparison {
  /** Largest difference of a logit, relative to it where it is above 1. */
  private static final double TOLERANCE = 1e-4;

  private static final int IMAGES = 32;

  /**
   * The largest differences of scores.
   *
   * @param absolute as they are
   * @param relative to the score where that is above 1
   */
  public record Apart(double absolute, double relative) {}

  private LogitComparison() {}

  /**
   * Compares both on some of {@code images}.
   *
   * @throws IOException naming the first logit that differs
   */
  public static void check(Network written, Network readBack, ImageSet images) throws IOException {
    int count = Math.min(IMAGES, images.size());
    check(written, readBack, images.floats(Arrays.copyOf(images.indices(), count)));
  }

  /**
   * Compares both on images [N, C, H, W] in [0, 1].
   *
   * @return the largest difference of a logit
   * @throws IOException naming the first logit that differs by more than rounding
   */
  public static double check(Network written, Network readBack, float[] images) throws IOException {
    float[] expected = Evaluator.logits(written, images);
    return check("read back", expected, Evaluator.logits(readBack, images)).absolute();
  }

  /**
   * Compares scores.
   *
   * @param how the network was run that gave {@code actual}
   * @throws IOException naming the first one that differs by more than rounding
   */
  public static Apart check(String how, float[] expected, float[] actual) throws IOException {
    if (expected.length != actual.length) {
      throw new IOException(
          how + ", the network yields " + actual.length + " scores instead of " + expected.length);
    }
    double absolute = 0;
    double relative = 0;
    for (int i = 0; i < expected.length; i++) {
      double apart = Math.abs(expected[i] - actual[i]) / Math.max(1, Math.abs(expected[i]));
      if (!(apart <= TOLERANCE)) {
        throw new IOException(
            how
                + ", the network computes something else (score "
                + actual[i]
                + " instead of "
                + expected[i]
                + ")");
      }
      absolute = Math.max(absolute, Math.abs((double) expected[i] - actual[i]));
      relative = Math.max(relative, apart);
    }
    return new Apart(absolute, relative);
  }
}
