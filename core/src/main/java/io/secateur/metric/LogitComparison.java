package io.secateur.metric;

import io.secateur.data.ImageSet;
import io.secateur.nn.Network;
import java.io.IOException;
import java.util.Arrays;

/** Whether a network that was written and read back still computes the same. */
public final class LogitComparison {
  /** Largest difference of logits, relative to those above 1. */
  private static final double TOLERANCE = 1e-3;

  private static final int IMAGES = 32;

  private LogitComparison() {}

  /**
   * Compares both on some of {@code images}.
   *
   * @throws IOException naming the first logit that differs
   */
  public static void check(Network written, Network readBack, ImageSet images) throws IOException {
    int count = Math.min(IMAGES, images.size());
    float[] some = images.floats(Arrays.copyOf(images.indices(), count));
    float[] expected = Evaluator.logits(written, some);
    float[] actual = Evaluator.logits(readBack, some);
    for (int i = 0; i < expected.length; i++) {
      double tolerance = TOLERANCE * Math.max(1, Math.abs(expected[i]));
      if (!(Math.abs(expected[i] - actual[i]) <= tolerance)) {
        throw new IOException(
            "read back, the network computes something else (logit "
                + actual[i]
                + " instead of "
                + expected[i]
                + ")");
      }
    }
  }
}
