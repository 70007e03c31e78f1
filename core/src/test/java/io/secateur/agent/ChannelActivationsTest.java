package io.secateur.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.secateur.data.ImageSet;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Interpreter;
import io.secateur.nn.Network;
import io.secateur.nn.RandomNetworks;
import io.secateur.trigger.Trigger;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ChannelActivationsTest {
  private static final FeatureShape SHAPE = new FeatureShape(3, 8, 8);
  private final Network network = RandomNetworks.stock("resnet20", 8, 1);

  @Test
  void mean_and_deviation_are_those_of_a_naive_loop_over_images_and_positions() {
    // more images than go through at once
    ImageSet images = images(260);

    agrees(images, "layer2.1.bn1", Optional.empty());
    float[] delta = new float[SHAPE.size()];
    Arrays.fill(delta, 0.25f);
    agrees(images, "layer1.0.relu1", Optional.of(new Trigger.Additive(delta, SHAPE.height(), 8)));
  }

  @Test
  void flat_features_have_one_position() {
    agrees(images(7), "linear", Optional.empty());
  }

  private void agrees(ImageSet images, String node, Optional<Trigger> trigger) {
    FeatureShape output = network.architecture().node(node).output();
    int positions = output.height() * output.width();
    try (Scope scope = Scope.open()) {
      Interpreter interpreter = Interpreter.evaluating(network);
      Tensor pixels =
          Tensor.of(images.floats(images.indices()), images.size(), 3, SHAPE.height(), 8);
      float[] values =
          interpreter
              .activations(trigger.map(on -> on.apply(pixels)).orElse(pixels), Set.of(node))
              .values()
              .iterator()
              .next()
              .contiguous()
              .toFloats();

      ChannelActivations statistics =
          trigger
              .map(on -> ChannelActivations.of(interpreter, Set.of(node), images, on))
              .orElseGet(() -> ChannelActivations.of(interpreter, Set.of(node), images));

      assertThat(statistics.mean()).containsOnlyKeys(node);
      assertThat(statistics.std()).containsOnlyKeys(node);
      float[] means = statistics.mean().getOrDefault(node, new float[0]);
      float[] deviations = statistics.std().getOrDefault(node, new float[0]);
      assertThat(means).hasSize(output.channels());
      for (int c = 0; c < output.channels(); c++) {
        double[] own = own(values, c, output.channels(), positions);
        double mean = Arrays.stream(own).average().orElseThrow();
        double variance =
            Arrays.stream(own).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
        assertThat((double) means[c]).isCloseTo(mean, within(1e-4));
        assertThat((double) deviations[c]).isCloseTo(Math.sqrt(variance), within(1e-3));
      }
    }
  }

  private static double[] own(float[] values, int channel, int channels, int positions) {
    double[] own = new double[values.length / channels];
    for (int i = 0, next = 0; i < values.length; i++) {
      if (i / positions % channels == channel) {
        own[next++] = values[i];
      }
    }
    return own;
  }

  private static ImageSet images(int count) {
    byte[] pixels = new byte[count * SHAPE.size()];
    new Random(2).nextBytes(pixels);
    List<String> names = Collections.nCopies(5, "noise");
    return ImageSet.of("noise", SHAPE, names, new int[count], pixels);
  }
}
