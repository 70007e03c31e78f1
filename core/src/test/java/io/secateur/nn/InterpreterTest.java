package io.secateur.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.secateur.engine.ForwardCost;
import io.secateur.engine.NumberFormat;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InterpreterTest {
  private static final int SIDE = 32;
  private static final int COUNT = 3;

  private Scope scope;

  @BeforeEach
  void open() {
    scope = Scope.open();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private static Tensor images(int count) {
    return Tensor.of(
        RandomNetworks.images(new FeatureShape(3, SIDE, SIDE), count, 9), count, 3, SIDE, SIDE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"resnet18-w8", "preactresnet18-w8", "vgg16-bn-w8", "wrn-16-1", "smallvgg-w8"})
  void folding_changes_nothing(String name) {
    Network network = RandomNetworks.stock(name, SIDE, 1);
    float[] plain = Interpreter.unfolded(network).forward(images(COUNT)).toFloats();
    float[] folded = Interpreter.evaluating(network).forward(images(COUNT)).toFloats();
    assertThat(folded).containsExactly(plain, within(1e-4f * largest(plain)));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void the_cost_of_a_forward_pass_is_counted_and_that_of_a_part_as_a_part(boolean folded) {
    Network network = RandomNetworks.stock("resnet18-w8", SIDE, 1);
    long macs = network.architecture().macs();
    Interpreter interpreter =
        folded ? Interpreter.evaluating(network) : Interpreter.unfolded(network);
    long before = ForwardCost.ofThisThread();
    interpreter.forward(images(COUNT));
    assertThat(ForwardCost.ofThisThread() - before).isEqualTo(COUNT * macs);

    Set<String> edge = interpreter.boundary(Set.of("layer4.0.bn1"));
    before = ForwardCost.ofThisThread();
    Map<String, Tensor> known = interpreter.activations(images(COUNT), edge);
    long first = ForwardCost.ofThisThread() - before;
    interpreter.resume(known, Hooks.NONE);
    long both = ForwardCost.ofThisThread() - before;
    assertThat(both).isEqualTo(COUNT * macs);
    assertThat(first).isBetween(COUNT * macs / 2, COUNT * macs - 1);
  }

  @Test
  void the_layout_of_the_images_in_memory_changes_nothing() {
    Interpreter network = Interpreter.evaluating(RandomNetworks.stock("resnet18-w8", SIDE, 1));
    float[] rowMajor = network.forward(images(COUNT)).toFloats();
    assertThat(network.forward(images(COUNT).channelsLast()).toFloats()).containsExactly(rowMajor);
  }

  @ParameterizedTest
  @ValueSource(strings = {"resnet18-w8", "preactresnet18-w8", "smallvgg-w8"})
  void a_mask_is_a_batch_norm_whose_gamma_and_beta_are_scaled(String name) {
    Network network = RandomNetworks.stock(name, SIDE, 2);
    Map<String, float[]> masks = randomMasks(network, norms(network), 3);
    Map<String, WeightTensor> scaled = new LinkedHashMap<>();
    masks.forEach(
        (node, mask) -> {
          for (String part : List.of(".weight", ".bias")) {
            WeightTensor tensor = network.weights().get(node + part);
            float[] values = tensor.floats();
            for (int c = 0; c < values.length; c++) {
              values[c] *= mask[c];
            }
            scaled.put(node + part, tensor.withFloats(values));
          }
        });
    float[] masked =
        Interpreter.evaluating(network).forward(images(COUNT), Hooks.maskedBy(masks)).toFloats();
    Network changed = network.withWeights(network.weights().with(scaled));
    float[] expected = Interpreter.evaluating(changed).forward(images(COUNT)).toFloats();
    assertThat(masked).containsExactly(expected, within(1e-4f * largest(expected)));

    Map<String, Tensor> factors = new HashMap<>();
    masks.forEach((node, mask) -> factors.put(node, Tensor.of(mask, mask.length)));
    float[] perturbed =
        Interpreter.unfolded(network)
            .forward(images(COUNT), Hooks.NONE.withPerturbation(factors, factors))
            .toFloats();
    assertThat(perturbed).containsExactly(expected, within(1e-4f * largest(expected)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"resnet18-w8", "preactresnet18-w8", "smallvgg-w8"})
  void an_addition_is_a_batch_norm_with_a_larger_beta_and_comes_before_its_mask(String name) {
    Network network = RandomNetworks.stock(name, SIDE, 2);
    Map<String, float[]> masks = randomMasks(network, norms(network), 3);
    Map<String, float[]> raises = randomMasks(network, norms(network), 4);
    Map<String, WeightTensor> raised = new LinkedHashMap<>();
    Map<String, Tensor> additions = new LinkedHashMap<>();
    raises.forEach(
        (node, raise) -> {
          WeightTensor tensor = network.weights().get(node + ".bias");
          float[] values = tensor.floats();
          for (int c = 0; c < values.length; c++) {
            values[c] += raise[c];
          }
          raised.put(node + ".bias", tensor.withFloats(values));
          additions.put(node, Tensor.of(raise, raise.length));
        });
    Network changed = network.withWeights(network.weights().with(raised));
    Hooks hooks = Hooks.maskedBy(masks);
    float[] expected = Interpreter.evaluating(changed).forward(images(COUNT), hooks).toFloats();

    for (Interpreter interpreter :
        List.of(Interpreter.evaluating(network), Interpreter.unfolded(network))) {
      float[] added = interpreter.forward(images(COUNT), hooks.withAdditions(additions)).toFloats();
      assertThat(added).containsExactly(expected, within(1e-4f * largest(expected)));
    }
    Interpreter interpreter = Interpreter.evaluating(network);
    Set<String> boundary = interpreter.boundary(additions.keySet());
    Map<String, Tensor> given = interpreter.activations(images(COUNT), boundary, additions);
    float[] resumed = interpreter.resume(given, hooks.withAdditions(additions)).toFloats();
    assertThat(resumed).containsExactly(expected, within(1e-4f * largest(expected)));
  }

  @Test
  void every_image_can_get_an_addition_of_its_own() {
    Network network = RandomNetworks.stock("resnet18-w8", SIDE, 2);
    Interpreter interpreter = Interpreter.evaluating(network);
    String norm = "layer3.0.bn2";
    int channels = network.architecture().node(norm).output().channels();
    float[] raise = new float[channels];
    raise[1] = 5;
    float[] rows = new float[COUNT * channels];
    System.arraycopy(raise, 0, rows, channels, channels);

    float[] none = interpreter.forward(images(COUNT)).toFloats();
    float[] all = added(interpreter, norm, Tensor.of(raise, channels));
    float[] second = added(interpreter, norm, Tensor.of(rows, COUNT, channels));

    int classes = none.length / COUNT;
    float near = 1e-4f * largest(all);
    for (int image = 0; image < COUNT; image++) {
      float[] wanted = image == 1 ? all : none;
      assertThat(Arrays.copyOfRange(second, image * classes, (image + 1) * classes))
          .containsExactly(
              Arrays.copyOfRange(wanted, image * classes, (image + 1) * classes), within(near));
    }
    assertThatThrownBy(() -> added(interpreter, "layer3.0.conv2", Tensor.of(raise, channels)))
        .hasMessageContaining("'layer3.0.conv2' is folded into its batch norm");
  }

  private static float[] added(Interpreter interpreter, String node, Tensor addition) {
    return interpreter
        .forward(images(COUNT), Hooks.NONE.withAdditions(Map.of(node, addition)))
        .toFloats();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "resnet18-w8",
        "resnet20-w8",
        "vgg16-bn-w8",
        "preactresnet18-w8",
        "mobilenetv2-w8"
      })
  void resuming_from_the_boundary_is_the_whole_forward_pass(String name) {
    Network network = RandomNetworks.stock(name, SIDE, 4);
    Interpreter interpreter = Interpreter.evaluating(network);
    List<String> norms = norms(network);
    Random random = new Random(5);
    for (int trial = 0; trial < 4; trial++) {
      Set<String> some = new HashSet<>();
      int first = random.nextInt(norms.size());
      for (String norm : norms.subList(first, norms.size())) {
        if (random.nextInt(3) == 0) {
          some.add(norm);
        }
      }
      some.add(norms.get(first));
      Map<String, float[]> masks = randomMasks(network, new ArrayList<>(some), trial);
      Set<String> boundary = interpreter.boundary(some);
      Map<String, Tensor> cached = interpreter.activations(images(COUNT), boundary);
      float[] whole = interpreter.forward(images(COUNT), Hooks.maskedBy(masks)).toFloats();
      assertThat(interpreter.resume(cached, Hooks.maskedBy(masks)).toFloats())
          .as("masks on %s, boundary %s", some, boundary)
          .containsExactly(whole, within(1e-5f * largest(whole)));
      float[] unmasked = interpreter.forward(images(COUNT)).toFloats();
      assertThat(interpreter.resume(cached, Hooks.NONE).toFloats())
          .containsExactly(unmasked, within(1e-5f * largest(unmasked)));
    }
  }

  @Test
  void the_boundary_of_a_late_mask_leaves_out_the_early_layers() {
    Network network = RandomNetworks.stock("resnet18-w8", SIDE, 4);
    Interpreter interpreter = Interpreter.evaluating(network);
    Set<String> tapped = new HashSet<>();
    Set<String> boundary = interpreter.boundary(Set.of("layer4.1.bn1"));
    interpreter.resume(
        interpreter.activations(images(1), boundary),
        Hooks.NONE.withTap((node, output) -> tapped.add(node)));
    assertThat(boundary).containsExactlyInAnyOrder("layer4.1.bn1", "layer4.0.relu2");
    assertThat(tapped).noneMatch(node -> node.startsWith("layer3"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"resnet18-w8", "resnet20-w8", "preactresnet18-w8", "mobilenetv2-w8"})
  void overwriting_what_nobody_reads_any_more_changes_nothing(String name) {
    Network network = RandomNetworks.stock(name, SIDE, 4);
    Interpreter interpreter = Interpreter.evaluating(network);
    Map<String, float[]> masks = randomMasks(network, norms(network), 6);
    Set<String> boundary = interpreter.boundary(Set.of(norms(network).get(5)));
    Hooks hooks = Hooks.maskedBy(masks);
    float[] plain = interpreter.forward(images(COUNT), hooks).toFloats();
    Map<String, Tensor> cached = interpreter.activations(images(COUNT), boundary);
    Map<String, float[]> before = new HashMap<>();
    cached.forEach((node, output) -> before.put(node, output.toFloats()));
    float[] resumed = interpreter.resume(cached, hooks).toFloats();
    Scope.withoutGradients(
        () -> {
          assertThat(interpreter.forward(images(COUNT), hooks).toFloats()).containsExactly(plain);
          interpreter
              .activations(images(COUNT), boundary)
              .forEach(
                  (node, output) ->
                      assertThat(output.toFloats()).containsExactly(before.get(node)));
          for (int again = 0; again < 2; again++) {
            assertThat(interpreter.resume(cached, hooks).toFloats()).containsExactly(resumed);
          }
          return null;
        });
  }

  @Test
  void a_second_name_for_an_output_keeps_it_from_being_overwritten() {
    ArchitectureBuilder net = new ArchitectureBuilder("alias", new FeatureShape(3, SIDE, SIDE));
    String x = net.conv("conv", net.input(), 4, 3, 1, 1, true);
    String alias = net.add("alias", new Layer.Identity(), x);
    String relu = net.relu("relu", x);
    String sum = net.add("sum", new Layer.Add(), alias, relu);
    net.linear("linear", net.add("flat", new Layer.Flatten(), sum), 10);
    Interpreter interpreter = Interpreter.evaluating(RandomNetworks.of(net.build(), 7));
    float[] plain = interpreter.forward(images(COUNT)).toFloats();
    assertThat(Scope.withoutGradients(() -> interpreter.forward(images(COUNT)).toFloats()))
        .containsExactly(plain);
  }

  @Test
  void masking_a_folded_convolution_is_refused() {
    Network network = RandomNetworks.stock("resnet18-w8", SIDE, 4);
    assertThatThrownBy(
            () ->
                Interpreter.evaluating(network)
                    .forward(images(1), Hooks.maskedBy(Map.of("conv1", new float[8]))))
        .hasMessageContaining("'conv1' is folded");
  }

  @Test
  void bfloat16_gives_the_labels_of_float32() {
    Network network = RandomNetworks.stock("resnet18-w16", SIDE, 6);
    float[] precise = Interpreter.evaluating(network).forward(images(128)).toFloats();
    float[] rough =
        Interpreter.evaluating(network, NumberFormat.BFLOAT16).forward(images(128)).toFloats();
    int separated = 0;
    int agreeing = 0;
    for (int n = 0; n < 128; n++) {
      int best = best(precise, n);
      double margin = Double.POSITIVE_INFINITY;
      for (int k = 0; k < 10; k++) {
        if (k != best) {
          margin = Math.min(margin, precise[n * 10 + best] - precise[n * 10 + k]);
        }
      }
      // 8 bits of significand: logits of this size are off by about a hundredth of the largest.
      if (margin > 0.02 * largest(precise)) {
        separated++;
        agreeing += best(rough, n) == best ? 1 : 0;
      }
    }
    assertThat(separated).isGreaterThan(20);
    assertThat(agreeing).isGreaterThanOrEqualTo((int) Math.ceil(0.97 * separated));
  }

  private static int best(float[] logits, int n) {
    int best = 0;
    for (int k = 1; k < 10; k++) {
      best = logits[n * 10 + k] > logits[n * 10 + best] ? k : best;
    }
    return best;
  }

  @Test
  void training_normalises_by_the_batch_and_moves_the_running_statistics() {
    FeatureShape shape = new FeatureShape(2, 3, 3);
    ArchitectureBuilder net = new ArchitectureBuilder("norm", shape);
    net.add("flat", new Layer.Flatten(), net.batchNorm("bn", net.input()));
    Network network =
        new Network(
            net.build(),
            RandomNetworks.of(net.build(), 3).weights(),
            new Preprocessing(new float[2], new float[] {1, 1}));
    float[] x = RandomNetworks.images(shape, 4, 7);
    Interpreter interpreter = Interpreter.training(network);
    float[] y = interpreter.forward(Tensor.of(x, 4, 2, 3, 3), Hooks.TRAINING).toFloats();
    Weights before = network.weights();
    Weights after = interpreter.snapshot().weights();
    for (int c = 0; c < 2; c++) {
      double sum = 0;
      double squares = 0;
      for (int n = 0; n < 4; n++) {
        for (int p = 0; p < 9; p++) {
          double value = x[(n * 2 + c) * 9 + p];
          sum += value;
          squares += value * value;
        }
      }
      double mean = sum / 36;
      double variance = squares / 36 - mean * mean;
      double unit = (x[c * 9] - mean) / Math.sqrt(variance + 1e-5);
      assertThat((double) y[c * 9])
          .isCloseTo(
              before.get("bn.weight").at(c) * unit + before.get("bn.bias").at(c), within(1e-4));
      assertThat((double) after.get("bn.running_mean").at(c))
          .isCloseTo(0.9 * before.get("bn.running_mean").at(c) + 0.1 * mean, within(1e-5));
      assertThat((double) after.get("bn.running_var").at(c))
          .isCloseTo(
              0.9 * before.get("bn.running_var").at(c) + 0.1 * variance * 36 / 35, within(1e-5));
    }
    assertThat(interpreter.network().weights()).isEqualTo(before);
  }

  @Test
  void a_snapshot_of_untouched_weights_is_the_network() {
    Network network = RandomNetworks.stock("resnet20-w8", SIDE, 8);
    assertThat(Interpreter.training(network).snapshot().weights()).isEqualTo(network.weights());
  }

  private static List<String> norms(Network network) {
    return network.architecture().nodes().stream()
        .filter(node -> node.layer() instanceof Layer.BatchNorm)
        .map(Node::name)
        .toList();
  }

  private static Map<String, float[]> randomMasks(Network network, List<String> nodes, long seed) {
    Random random = new Random(seed);
    Map<String, float[]> masks = new LinkedHashMap<>();
    for (String node : nodes) {
      float[] mask = new float[network.architecture().node(node).output().channels()];
      for (int c = 0; c < mask.length; c++) {
        mask[c] = random.nextInt(3) == 0 ? 0 : random.nextInt(3) == 0 ? random.nextFloat() : 1;
      }
      masks.put(node, mask);
    }
    return masks;
  }

  private static float largest(float[] values) {
    float largest = 1;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }
}
