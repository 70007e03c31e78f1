package io.secateur.agent;

import io.secateur.data.ImageSet;
import io.secateur.engine.NumberFormat;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Hooks;
import io.secateur.nn.Interpreter;
import io.secateur.trigger.Trigger;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Mean and standard deviation of every channel's output over images and positions.
 *
 * @param mean node → value per channel
 * @param std node → value per channel
 */
public record ChannelActivations(Map<String, float[]> mean, Map<String, float[]> std) {
  private static final int CHUNK = 250;

  /** Statistics of {@code nodes} over {@code images} as they are. */
  public static ChannelActivations of(Interpreter interpreter, Set<String> nodes, ImageSet images) {
    return of(interpreter, nodes, images, Optional.empty());
  }

  /** Statistics of {@code nodes} over {@code images} with a trigger on. */
  public static ChannelActivations of(
      Interpreter interpreter, Set<String> nodes, ImageSet images, Trigger trigger) {
    return of(interpreter, nodes, images, Optional.of(trigger));
  }

  private static ChannelActivations of(
      Interpreter interpreter, Set<String> nodes, ImageSet images, Optional<Trigger> trigger) {
    Map<String, double[]> sums = new HashMap<>();
    Map<String, double[]> squares = new HashMap<>();
    FeatureShape shape = images.shape();
    for (int at = 0; at < images.size(); at += CHUNK) {
      int start = at;
      int[] chunk =
          Arrays.copyOfRange(images.indices(), start, Math.min(images.size(), start + CHUNK));
      Scope.run(
          () ->
              Scope.withoutGradients(
                  () -> {
                    Tensor pixels = Tensor.of(images.floats(chunk), shape.batch(chunk.length));
                    Hooks tapped =
                        Hooks.NONE.withTap(
                            (name, output) -> {
                              if (nodes.contains(name)) {
                                accumulate(
                                    sums, name, output.to(NumberFormat.FLOAT32), chunk.length);
                                accumulate(
                                    squares,
                                    name,
                                    output.to(NumberFormat.FLOAT32).square(),
                                    chunk.length);
                              }
                            });
                    return trigger
                        .map(on -> on.logits(interpreter, pixels, tapped))
                        .orElseGet(() -> interpreter.forward(pixels, tapped));
                  }));
    }
    Map<String, float[]> mean = new HashMap<>();
    Map<String, float[]> std = new HashMap<>();
    sums.forEach(
        (name, sum) -> {
          double[] square = squares.getOrDefault(name, new double[sum.length]);
          float[] m = new float[sum.length];
          float[] s = new float[sum.length];
          for (int c = 0; c < sum.length; c++) {
            double average = sum[c] / images.size();
            m[c] = (float) average;
            s[c] = (float) Math.sqrt(Math.max(0, square[c] / images.size() - average * average));
          }
          mean.put(name, m);
          std.put(name, s);
        });
    return new ChannelActivations(mean, std);
  }

  private static void accumulate(
      Map<String, double[]> totals, String name, Tensor values, int images) {
    Tensor perChannel = values.shape().length == 4 ? values.mean(0, 2, 3) : values.mean(0L);
    float[] part = perChannel.toFloats();
    double[] total = totals.computeIfAbsent(name, key -> new double[part.length]);
    for (int c = 0; c < part.length; c++) {
      total[c] += (double) part[c] * images;
    }
  }
}
