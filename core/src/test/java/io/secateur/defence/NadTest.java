package io.secateur.defence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.secateur.engine.Autograd;
import io.secateur.engine.Ops;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.nn.ArchitectureBuilder;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Hooks;
import io.secateur.nn.Interpreter;
import io.secateur.nn.Layer;
import io.secateur.nn.Network;
import io.secateur.nn.RandomNetworks;
import io.secateur.train.Objective;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class NadTest {
  private static final Nad NAD = new Nad(new Nad.Settings(1, 1, 0.01, 8, 2, 5, 70, 900));

  @Test
  void an_attention_map_is_the_energy_of_all_channels_of_length_one() {
    for (double p : new double[] {1, 2, 3}) {
      float[] features = normal(2 * 3 * 4 * 5, 1);
      float[] expected = naiveMap(features, 2, 3, 20, p);
      float[] map = Scope.value(() -> Nad.attention(Tensor.of(features, 2, 3, 4, 5), p).toFloats());

      assertThat(map).hasSize(expected.length);
      for (int i = 0; i < map.length; i++) {
        assertThat((double) map[i]).isCloseTo(expected[i], within(1e-5));
      }
    }
  }

  @Test
  void a_map_that_is_nought_everywhere_has_no_attention_and_a_finite_gradient() {
    try (Scope scope = Scope.open()) {
      Tensor features = Tensor.zeros(1, 2, 3, 3).requireGradient();
      Tensor map = Nad.attention(features, 2);
      Tensor loss = Nad.distance(map, Tensor.full(0.1, 1, 3, 3));

      assertThat(map.abs().toFloats()).containsOnly(0);
      Tensor slope = Autograd.gradients(loss, List.of(features)).get(0);
      assertThat(slope.abs().toFloats()).containsOnly(0);
    }
  }

  @Test
  void the_loss_is_cross_entropy_and_the_weighted_distances_of_the_maps() {
    Network suspect = RandomNetworks.stock("wrn-16-1", 16, 2);
    Network teacher = RandomNetworks.stock("wrn-16-1", 16, 3);
    Map<String, Double> betas = NAD.weights(suspect);
    assertThat(betas.values()).containsExactly(5.0, 70.0, 900.0);
    float[] pixels = RandomNetworks.images(suspect.architecture().input(), 4, 4);

    try (Scope scope = Scope.open()) {
      Tensor images = Tensor.of(pixels, 4, 3, 16, 16);
      Tensor labels = Tensor.of(1, 2, 3, 4);
      // the student in training mode, as it is trained; the teacher in evaluation mode
      Interpreter student = Interpreter.training(suspect);
      Map<String, Tensor> seen = new HashMap<>();
      Tensor logits = student.forward(images, Hooks.TRAINING.withTap(seen::put));
      Map<String, Tensor> taught =
          Interpreter.unfolded(teacher).activations(images, Set.copyOf(betas.keySet()));
      double expected = Ops.crossEntropy(logits, labels).item();
      for (Map.Entry<String, Double> beta : betas.entrySet()) {
        expected += beta.getValue() * naiveDistance(of(seen, beta), of(taught, beta));
      }

      Objective.Step step =
          new Objective.Step(
              Interpreter.training(suspect), List.of(), images, labels, new SplittableRandom(1), 0);
      double loss = NAD.towards(teacher, betas).loss(step).item();

      // the trainer may run in bfloat16
      assertThat(loss).isCloseTo(expected, within(0.03 * expected));
      assertThat(expected).isGreaterThan(2 * Ops.crossEntropy(logits, labels).item());
    }
  }

  @Test
  void a_student_that_equals_its_teacher_is_only_taught_the_labels() {
    try (Scope scope = Scope.open()) {
      Tensor features = Tensor.of(normal(2 * 3 * 16, 7), 2, 3, 4, 4);
      Tensor map = Nad.attention(features, 2);

      assertThat(Nad.distance(map, Nad.attention(features.mul(3), 2)).item()).isLessThan(1e-9f);
    }
  }

  @Test
  void fewer_stages_take_the_last_weights() {
    assertThat(NAD.weights(InfectedToy.HALVES.network()))
        .containsExactly(Map.entry("relu1", 70.0), Map.entry("relu2", 900.0));
  }

  @Test
  void a_network_without_feature_maps_is_refused() {
    var net = new ArchitectureBuilder("flat", new FeatureShape(3, 4, 4));
    net.linear("fc", net.add("flat", new Layer.Flatten(), net.input()), 2);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> NAD.check(RandomNetworks.of(net.build(), 1)))
        .withMessageContaining("no feature maps");
  }

  @Test
  void settings_out_of_range_are_refused_by_name() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Nad.Settings(1, 1, 0.1, 8, 0.5, 1, 1, 1))
        .withMessageContaining("p must be in [1.0, ")
        .withMessageContaining("got 0.5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Nad.Settings(1, 1, 0.1, 8, 2, 1, -1, 1))
        .withMessageContaining("beta2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Nad.Settings(0, 1, 0.1, 8, 2, 1, 1, 1))
        .withMessageContaining("teacherEpochs");
  }

  private static Tensor of(Map<String, Tensor> features, Map.Entry<String, Double> beta) {
    return Objects.requireNonNull(features.get(beta.getKey()));
  }

  private static double naiveDistance(Tensor student, Tensor teacher) {
    int images = student.size(0);
    int channels = student.size(1);
    int positions = student.size(2) * student.size(3);
    float[] a = naiveMap(student.toFloats(), images, channels, positions, 2);
    float[] b = naiveMap(teacher.toFloats(), images, channels, positions, 2);
    double squares = 0;
    for (int i = 0; i < a.length; i++) {
      squares += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return squares / a.length;
  }

  private static float[] naiveMap(
      float[] features, int images, int channels, int positions, double p) {
    float[] maps = new float[images * positions];
    for (int n = 0; n < images; n++) {
      double squares = 0;
      for (int i = 0; i < positions; i++) {
        double energy = 0;
        for (int c = 0; c < channels; c++) {
          energy += Math.pow(Math.abs(features[(n * channels + c) * positions + i]), p);
        }
        maps[n * positions + i] = (float) energy;
        squares += energy * energy;
      }
      for (int i = 0; i < positions; i++) {
        maps[n * positions + i] /= (float) (Math.sqrt(squares) + 1e-6);
      }
    }
    return maps;
  }

  private static float[] normal(int count, long seed) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
