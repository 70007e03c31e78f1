package io.secateur.bench;

import io.secateur.engine.NumberFormat;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Interpreter;
import io.secateur.nn.Network;
import io.secateur.run.Stopwatch;
import java.util.Arrays;
import java.util.List;

/**
 * Seconds that networks take for one image. All are timed in turns, so that whatever else the
 * machine does meets each of them; the best run of each counts.
 */
final class ForwardTimes {
  private ForwardTimes() {}

  /**
   * Measures.
   *
   * @param images [N, C, H, W] in [0, 1], one batch
   * @param rounds how often each network passes over the batch, after once unmeasured
   * @return seconds an image, in the order of {@code networks}
   */
  static double[] secondsPerImage(
      List<Network> networks, float[] images, NumberFormat format, int rounds) {
    FeatureShape shape = networks.get(0).architecture().input();
    int count = images.length / shape.size();
    double[] best = new double[networks.size()];
    Arrays.fill(best, Double.POSITIVE_INFINITY);
    try (Scope scope = Scope.open()) {
      Tensor batch = Tensor.of(images, shape.batch(count));
      List<Interpreter> interpreters =
          networks.stream().map(network -> Interpreter.evaluating(network, format)).toList();
      for (int round = 0; round <= rounds; round++) {
        for (int n = 0; n < best.length; n++) {
          Interpreter interpreter = interpreters.get(n);
          Stopwatch watch = Stopwatch.start();
          Scope.run(() -> Scope.withoutGradients(() -> interpreter.forward(batch)));
          double seconds = watch.seconds() / count;
          best[n] = round == 0 ? best[n] : Math.min(best[n], seconds);
        }
      }
    }
    return best;
  }
}
