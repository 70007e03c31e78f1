package io.secateur.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.secateur.nn.Architecture;
import io.secateur.nn.ArchitectureBuilder;
import io.secateur.nn.Channel;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Layer;
import io.secateur.nn.StockArchitectures;
import io.secateur.nn.StockArchitectures.Options;
import io.secateur.nn.Window;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PruningUnitsTest {
  /**
   * ResNet-18 has 320, 640, 1,280 and 2,560 batch-norm channels in its four stages, streams of 64
   * to 512 channels, and two inner layers of that width per stage.
   */
  @ParameterizedTest
  @CsvSource({
    "BATCH_NORM, 0, 4800",
    "BATCH_NORM, 2, 3840",
    "BATCH_NORM, 1, 2560",
    "STREAM, 0, 960",
    "STREAM, 2, 768",
    "STREAM, 1, 512",
    "INNER, 0, 1920",
    "INNER, 2, 1536",
    "INNER, 9, 1920",
    "FILTER, 2, 768"
  })
  void resnet18_has_as_many_units_as_counted_by_hand(UnitKind kind, int stages, int units) {
    assertThat(PruningUnits.of(stock("resnet18"), kind, stages).size()).isEqualTo(units);
  }

  @Test
  void where_there_is_no_stream_a_filter_is_a_unit() {
    assertThat(PruningUnits.of(stock("vgg11-bn"), UnitKind.FILTER, 2).units())
        .isEqualTo(PruningUnits.of(stock("vgg11-bn"), UnitKind.INNER, 2).units());
  }

  @Test
  void a_stream_unit_takes_the_batch_norm_of_every_branch() {
    PruningSpace space = PruningUnits.of(stock("resnet18"), UnitKind.STREAM, 1);

    assertThat(space.units().get(9).channels())
        .containsExactly(
            new Channel("layer4.0.bn2", 9),
            new Channel("layer4.0.shortcut.1", 9),
            new Channel("layer4.1.bn2", 9));
  }

  @Test
  void a_pre_activation_stream_unit_takes_bare_convolutions_and_the_norms_that_read_them() {
    PruningSpace space = PruningUnits.of(stock("preactresnet18"), UnitKind.STREAM, 0);

    assertThat(space.units().get(5).channels())
        .containsExactlyInAnyOrder(
            new Channel("conv1", 5),
            new Channel("layer1.0.bn1", 5),
            new Channel("layer1.0.conv2", 5),
            new Channel("layer1.1.bn1", 5),
            new Channel("layer1.1.conv2", 5),
            new Channel("layer2.0.bn1", 5));
  }

  @Test
  void a_convolution_without_batch_norm_is_pruned_itself() {
    var net = new ArchitectureBuilder("plain", new FeatureShape(3, 8, 8));
    String x = net.relu("relu1", net.conv("a", net.input(), 4, 3, 1, 1, true));
    x = net.relu("relu2", net.batchNorm("norm", net.conv("b", x, 5, 3, 1, 1, false)));
    net.linear("fc", net.add("flat", new Layer.Flatten(), x), 2);

    PruningSpace space = PruningUnits.of(net.build(), UnitKind.BATCH_NORM, 0);

    assertThat(space.nodes()).containsExactly("a", "norm");
    assertThat(space.size()).isEqualTo(4 + 5);
  }

  @Test
  void a_depthwise_convolution_without_batch_norm_is_pruned_with_what_it_reads() {
    ArchitectureBuilder net = new ArchitectureBuilder("depthwise", new FeatureShape(3, 4, 4));
    String x = net.conv("conv", net.input(), 2, 1, 1, 0, true);
    x = net.add("depthwise", new Layer.Conv2d(2, 2, Window.square(3, 1, 1), 2, true), x);
    x = net.conv("next", x, 2, 1, 1, 0, true);
    net.linear("fc", net.add("flat", new Layer.Flatten(), x), 2);

    PruningSpace units = PruningUnits.of(net.build(), UnitKind.INNER, 0);

    assertThat(units.units().get(1).channels())
        .containsExactlyInAnyOrder(new Channel("conv", 1), new Channel("depthwise", 1));
  }

  @Test
  void image_channels_and_class_scores_are_no_units() {
    var net = new ArchitectureBuilder("ends", new FeatureShape(3, 4, 4));
    String x = net.conv("a", net.batchNorm("first", net.input()), 4, 3, 1, 1, false);
    x = net.relu("relu", net.batchNorm("norm", x));
    x = net.batchNorm("scores", net.conv("b", x, 2, 1, 1, 0, false));
    net.add("flat", new Layer.Flatten(), net.add("pool", new Layer.GlobalAveragePool(), x));

    PruningSpace space = PruningUnits.of(net.build(), UnitKind.BATCH_NORM, 0);

    assertThat(space.nodes()).containsExactly("norm");
  }

  @Test
  void no_channel_is_in_two_units_whatever_the_topology() {
    for (String name :
        List.of("resnet20", "preactresnet18", "wrn-16-1", "vgg11-bn", "mobilenetv2", "smallvgg")) {
      for (UnitKind kind : UnitKind.values()) {
        Architecture architecture = stock(name);
        boolean plain = name.contains("vgg");
        if (plain && kind == UnitKind.STREAM) {
          continue;
        }
        Set<Channel> seen = new HashSet<>();
        for (PruningUnit unit : PruningUnits.of(architecture, kind, 0).units()) {
          for (Channel channel : unit.channels()) {
            assertThat(seen.add(channel)).as(name + " " + kind + " " + channel).isTrue();
          }
        }
      }
    }
  }

  @Test
  void a_network_without_such_units_is_refused_by_name() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PruningUnits.of(stock("vgg11-bn"), UnitKind.STREAM, 2))
        .withMessage(
            "vgg11-bn has no units of kind stream in its last 2 stages; expected batch-norm, inner,"
                + " filter or other stages");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PruningUnits.of(stock("vgg11-bn"), UnitKind.STREAM, 0))
        .withMessage(
            "vgg11-bn has no units of kind stream in any stage; expected batch-norm, inner,"
                + " filter");
  }

  private static Architecture stock(String name) {
    return StockArchitectures.build(name, new Options(new FeatureShape(3, 32, 32), 10));
  }
}
