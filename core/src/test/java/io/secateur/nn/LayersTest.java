package io.secateur.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every layer against a plain loop. */
class LayersTest {
  private static final FeatureShape SHAPE = new FeatureShape(6, 9, 7);

  static Stream<Layer> layers() {
    return Stream.of(
        new Layer.Conv2d(6, 4, Window.square(3, 1, 1), 1, false),
        new Layer.Conv2d(6, 4, Window.square(3, 2, 0), 1, true),
        new Layer.Conv2d(6, 8, Window.square(1, 2, 0), 2, true),
        new Layer.Conv2d(6, 6, Window.square(3, 1, 1), 6, false),
        new Layer.Conv2d(6, 9, new Window(3, 2, 2, 1, 2, 1, 2, 3), 3, true),
        new Layer.BatchNorm(6, 1e-3),
        new Layer.Relu(),
        new Layer.Elu(0.7),
        new Layer.LeakyRelu(0.1),
        new Layer.Clip(-0.5, 0.75),
        new Layer.Sigmoid(),
        new Layer.Tanh(),
        new Layer.Silu(),
        new Layer.HardSwish(),
        new Layer.HardSigmoid(),
        new Layer.MaxPool(Window.square(2, 2, 0)),
        new Layer.MaxPool(new Window(3, 3, 2, 1, 1, 1, 1, 2)),
        new Layer.AveragePool(Window.square(2, 2, 0), true),
        new Layer.AveragePool(Window.square(3, 2, 1), true),
        new Layer.AveragePool(Window.square(3, 2, 1), false),
        new Layer.GlobalAveragePool(),
        new Layer.Subsample(2),
        new Layer.Subsample(3),
        new Layer.Upsample(2),
        new Layer.Upsample(3),
        new Layer.ChannelPad(2, 3),
        new Layer.Dropout(0.5),
        new Layer.Identity());
  }

  @ParameterizedTest
  @MethodSource("layers")
  void a_layer_computes_what_a_plain_loop_computes(Layer layer) {
    ArchitectureBuilder net = new ArchitectureBuilder("one layer", SHAPE);
    compare(net, net.add("layer", layer, net.input()));
  }

  @Test
  void layers_of_several_inputs_compute_what_plain_loops_compute() {
    ArchitectureBuilder net = new ArchitectureBuilder("several", SHAPE);
    String a = net.conv("a", net.input(), 6, 3, 1, 1, true);
    String b = net.add("b", new Layer.Tanh(), net.input());
    String gate =
        net.conv("gate", net.add("mean", new Layer.GlobalAveragePool(), a), 6, 1, 1, 0, true);
    String sum = net.add("sum", new Layer.Add(), a, b, net.input());
    String gated =
        net.add("gated", new Layer.Multiply(), sum, net.add("g", new Layer.Sigmoid(), gate));
    compare(net, net.add("joined", new Layer.Concat(), gated, b, a));
  }

  @Test
  void flattening_is_channel_first_and_a_linear_layer_reads_it_so() {
    ArchitectureBuilder net = new ArchitectureBuilder("linear", SHAPE);
    String x = net.add("relu", new Layer.Relu(), net.input());
    net.linear("linear", net.add("flat", new Layer.Flatten(), x), 5);
    check(RandomNetworks.of(net.build(), 2), 1e-4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"resnet18-w4", "resnet20-w4", "preactresnet18-w4", "mobilenetv2-w8"})
  void whole_networks_compute_what_plain_loops_compute(String name) {
    check(RandomNetworks.stock(name, 16, 3), 2e-3);
  }

  private static void compare(ArchitectureBuilder net, String last) {
    net.add("flatten", new Layer.Flatten(), last);
    check(RandomNetworks.of(net.build(), 1), 1e-4);
  }

  /** The tolerance is relative to the largest logit. */
  private static void check(Network network, double tolerance) {
    FeatureShape shape = network.architecture().input();
    float[] images = RandomNetworks.images(shape, 2, 4);
    float[] expected = new NaiveInterpreter(network).logits(images);
    double largest = 1;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertThat(run(Interpreter::unfolded, network, images))
        .containsExactly(expected, within((float) (tolerance * largest)));
    assertThat(run(folded -> Interpreter.evaluating(folded), network, images))
        .containsExactly(expected, within((float) (tolerance * largest)));
  }

  private static float[] run(
      Function<Network, Interpreter> maker, Network network, float[] images) {
    FeatureShape shape = network.architecture().input();
    return Scope.value(
        () -> maker.apply(network).forward(Tensor.of(images, shape.batch(2))).toFloats());
  }
}
