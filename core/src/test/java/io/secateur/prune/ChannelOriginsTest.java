package io.secateur.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.nn.Architecture;
import io.secateur.nn.ArchitectureBuilder;
import io.secateur.nn.Channel;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Interpreter;
import io.secateur.nn.Layer;
import io.secateur.nn.Network;
import io.secateur.nn.RandomNetworks;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChannelOriginsTest {
  @Test
  void a_stream_channel_comes_from_every_norm_that_writes_to_it_since_the_shape_changed() {
    Architecture resnet = RandomNetworks.stock("resnet18-w8", 16, 1).architecture();

    assertThat(ChannelOrigins.of(resnet, "layer4.1.relu2", 5))
        .containsExactlyInAnyOrder(
            new Channel("layer4.1.bn2", 5),
            new Channel("layer4.0.bn2", 5),
            new Channel("layer4.0.shortcut.1", 5));
  }

  @Test
  void a_norm_behind_the_stream_is_enough() {
    Architecture wide = RandomNetworks.stock("wrn-16-1", 16, 1).architecture();

    assertThat(ChannelOrigins.of(wide, features(wide), 3)).hasSize(1);
  }

  @Test
  void padded_zeros_come_from_nowhere_and_padded_channels_from_the_stage_before() {
    var net = new ArchitectureBuilder("padded", new FeatureShape(3, 4, 4));
    String x = net.conv("conv", net.input(), 2, 3, 1, 1, false);
    x = net.add("pad", new Layer.ChannelPad(1, 1), x);
    String other = net.conv("other", net.input(), 3, 3, 1, 1, false);
    x = net.add("joined", new Layer.Concat(), x, other);
    net.linear("fc", net.add("flat", new Layer.Flatten(), x), 2);
    Architecture architecture = net.build();

    assertThat(ChannelOrigins.of(architecture, "pad", 0)).isEmpty();
    assertThat(ChannelOrigins.of(architecture, "pad", 3)).isEmpty();
    assertThat(ChannelOrigins.of(architecture, "pad", 2)).containsExactly(new Channel("conv", 1));
    assertThat(ChannelOrigins.of(architecture, "joined", 6))
        .containsExactly(new Channel("other", 2));
    assertThat(ChannelOrigins.of(architecture, "flat", 16 * 6 + 5))
        .containsExactly(new Channel("other", 2));
  }

  @Test
  void what_a_gate_weights_is_silenced_and_not_the_gate() {
    var net = new ArchitectureBuilder("gated", new FeatureShape(3, 4, 4));
    String x = net.conv("conv", net.input(), 2, 3, 1, 1, false);
    String pooled = net.add("pool", new Layer.GlobalAveragePool(), x);
    String weights = net.conv("weights", pooled, 2, 1, 1, 0, true);
    String gate = net.add("gate", new Layer.Sigmoid(), weights);
    String first = net.add("first", new Layer.Multiply(), gate, x);
    String spatial = net.conv("spatial", x, 2, 3, 1, 1, false);
    String open = net.add("open", new Layer.HardSigmoid(), spatial);
    x = net.add("second", new Layer.Multiply(), open, first);
    net.linear("fc", net.add("flat", new Layer.Flatten(), x), 2);
    Architecture architecture = net.build();

    assertThat(ChannelOrigins.of(architecture, "first", 1)).containsExactly(new Channel("conv", 1));
    assertThat(ChannelOrigins.of(architecture, "second", 0))
        .containsExactly(new Channel("conv", 0));
  }

  @Test
  void the_image_cannot_be_silenced() {
    var net = new ArchitectureBuilder("linear", new FeatureShape(3, 4, 4));
    net.linear("fc", net.add("flat", new Layer.Flatten(), net.input()), 2);
    Architecture architecture = net.build();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> ChannelOrigins.of(architecture, "flat", 0))
        .withMessageContaining("'input'");
  }

  @ParameterizedTest
  @CsvSource({"resnet18-w8", "preactresnet18-w8", "wrn-16-1", "resnet20", "mobilenetv2-w8"})
  void without_its_origins_a_channel_is_zero_and_with_them_it_is_not(String name) {
    Network network = RandomNetworks.stock(name, 16, 1);
    String features = features(network.architecture());
    int channels = network.architecture().node(features).output().channels();
    int index = channels / 2;
    List<PrunedChannel> origins =
        ChannelOrigins.of(network.architecture(), features, index).stream()
            .map(channel -> new PrunedChannel(channel.node(), channel.index(), 1, "by hand"))
            .toList();

    float[] before = values(network, features, index);
    float[] after = values(Surgery.apply(network, new PruningPlan(origins)), features, index);

    assertThat(after).containsOnly(0);
    assertThat(before[0]).isNotZero();
  }

  private static String features(Architecture architecture) {
    String head = architecture.output().inputs().get(0);
    return architecture.node(head).inputs().get(0);
  }

  private static float[] values(Network network, String node, int index) {
    return Scope.value(
        () ->
            Interpreter.evaluating(network)
                .activations(
                    Tensor.of(
                        RandomNetworks.images(network.architecture().input(), 2, 3), 2, 3, 16, 16),
                    Set.of(node))
                .values()
                .iterator()
                .next()
                .select(1, index)
                .toFloats());
  }
}
