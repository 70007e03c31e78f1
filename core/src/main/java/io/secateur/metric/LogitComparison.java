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
    float[] actual = Evaluator.logits(readBack, images);
    double largest = 0;
    for (int i = 0; i < expected.length; i++) {
      double difference = Math.abs((double) expected[i] - actual[i]);
      if (!(difference <= TOLERANCE * Math.max(1, Math.abs(expected[i])))) {
        throw new IOException(
            "read back, the network computes something else (logit "
                + actual[i]
                + " instead of "
                + expected[i]
                + ")");
      }
      largest = Math.max(largest, difference);
    }
    return largest;
  }
}
